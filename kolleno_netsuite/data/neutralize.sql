-- A copy of a database for tests must not speak to the NetSuite account of the original. What it is
-- recognised by is taken anew when someone connects it with a sign-in of its own.
UPDATE netsuite_connection
   SET state = 'draft',
       state_reason = 'This is a neutralised copy: its sign-in was removed.',
       client_id = NULL,
       certificate_id = NULL,
       certificate_expires_on = NULL,
       private_key = NULL,
       certificate = NULL,
       consumer_key = NULL,
       consumer_secret = NULL,
       token_id = NULL,
       token_secret = NULL,
       service_url = NULL,
       database_key = NULL,
       database_name = NULL,
       database_uuid = NULL,
       database_addresses = NULL,
       moved_at = NULL,
       write_active = FALSE;
UPDATE netsuite_session
   SET access_token = NULL,
       token_expires_at = NULL;
UPDATE netsuite_issue
   SET state = 'solved',
       solved_at = NOW() AT TIME ZONE 'UTC'
 WHERE kind = 'moved' AND state <> 'solved';

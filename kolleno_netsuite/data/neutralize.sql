-- A copy of a database for tests must not speak to the NetSuite account of the original.
UPDATE netsuite_connection
   SET state = 'draft',
       state_reason = 'This is a neutralised copy: its sign-in was removed.',
       client_id = NULL,
       certificate_id = NULL,
       private_key = NULL,
       certificate = NULL,
       consumer_key = NULL,
       consumer_secret = NULL,
       token_id = NULL,
       token_secret = NULL,
       service_url = NULL;
UPDATE netsuite_session
   SET access_token = NULL,
       token_expires_at = NULL;

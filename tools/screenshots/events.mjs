// Lets things happen in the demo, in NetSuite and in Odoo, so that their pictures can be taken.

// The documents that things happened to: {deleted, journal, named}, each {id, …}.
export const seen = {};

// Calls a method of an Odoo model as the user who is signed in.
async function call(page, model, method, args = [], kwargs = {}) {
    return page.evaluate(
        async ([params]) => {
            const answer = await fetch(`/web/dataset/call_kw/${params.model}/${params.method}`, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", method: "call", params }),
            });
            const { result, error } = await answer.json();
            if (error) {
                throw new Error(error.data.message);
            }
            return result;
        },
        [{ model, method, args, kwargs }],
    );
}

// What a person does in NetSuite, or what goes wrong there: the simulator's control interface.
async function control(netsuite, name, body) {
    const answer = await fetch(`${netsuite}/control/${name}`, {
        method: "POST",
        body: JSON.stringify(body),
    });
    if (!answer.ok) {
        throw new Error(await answer.text());
    }
}

// The demo has a second, small account: things happen in the one that is served at `netsuite`.
async function connectionOf(page, netsuite) {
    const [found] = await call(page, "netsuite.connection", "search", [
        [["service_url", "=", netsuite]],
    ]);
    if (!found) {
        throw new Error(`The demo has no connection to ${netsuite}`);
    }
    return found;
}

async function newest(page, connection, type, domain = []) {
    const [found] = await call(
        page,
        "account.move",
        "search_read",
        [
            [
                ["netsuite_record_id.connection_id", "=", connection],
                ["netsuite_record_id.record_type", "=", type],
                ["state", "=", "posted"],
                ...domain,
            ],
            ["netsuite_internal_id"],
        ],
        { limit: 1, order: "id desc" },
    );
    return found;
}

async function excludeSomebody(page, connection) {
    const [customer] = await call(
        page,
        "res.partner",
        "search_read",
        [
            [
                ["netsuite_record_id.connection_id", "=", connection],
                ["netsuite_record_id.record_type", "=", "customer"],
                ["name", "like", "Amber"],
            ],
            ["netsuite_internal_id"],
        ],
        { limit: 1 },
    );
    const [wizard] = await call(page, "netsuite.exclude", "create", [
        [{ connection_id: connection, entries: String(customer.netsuite_internal_id) }],
    ]);
    await call(page, "netsuite.exclude", "action_preview", [[wizard]]);
    const [{ expected }] = await call(page, "netsuite.exclude", "read", [[wizard], ["expected"]]);
    await call(page, "netsuite.exclude", "write", [[wizard], { confirmation: expected }]);
    await call(page, "netsuite.exclude", "action_apply", [[wizard]]);
}

async function mapFields(page, connection) {
    await call(page, "netsuite.connection", "action_discover_fields", [[connection]]);
    for (const [type, field, conversion] of [
        ["invoice", "custbody_promise_date", "date"],
        ["customer", "custentity_carrier", "list_text"],
        ["invoice", "custbody_no_such_field", "text"],
    ]) {
        const [found] = await call(page, "netsuite.field", "search", [
            [
                ["connection_id", "=", connection],
                ["record_type", "=", type],
                ["field_id", "=", field],
            ],
        ]);
        await call(page, "netsuite.field.mapping", "create", [
            [
                {
                    connection_id: connection,
                    record_type: type,
                    field_id: found || false,
                    field_name: field,
                    destination: "attributes",
                    conversion,
                },
            ],
        ]);
    }
}

// Lets things happen in NetSuite and in Odoo, and waits until Odoo has followed.
export async function makeEvents(page, netsuite) {
    const connection = await connectionOf(page, netsuite);
    seen.deleted = await newest(page, connection, "invoice", [["payment_state", "=", "not_paid"]]);
    seen.journal = await newest(page, connection, "journalentry");
    seen.named = await newest(page, connection, "invoice", [["netsuite_contact_ids", "!=", false]]);
    await control(netsuite, "act", {
        act: "delete",
        type: "invoice",
        id: seen.deleted.netsuite_internal_id,
    });
    await mapFields(page, connection);
    await excludeSomebody(page, connection);
    const partners = await call(
        page,
        "res.partner",
        "search",
        [
            [
                ["netsuite_record_id.connection_id", "=", connection],
                ["netsuite_record_id.record_type", "=", "customer"],
            ],
        ],
        { limit: 3 },
    );
    await call(page, "res.partner", "action_netsuite_resync", [partners]);
    // NetSuite's own clock decides what is settled; half a minute is left to it.
    await page.waitForTimeout(45000);
    await call(page, "netsuite.connection", "action_synchronise", [[connection]]);
    for (let step = 0; step < 40; step++) {
        const [{ state }] = await call(page, "account.move", "read", [
            [seen.deleted.id],
            ["state"],
        ]);
        if (state === "cancel") {
            break;
        }
        await page.waitForTimeout(3000);
    }
}

// Switches contact records off, so that there is something to clean up.
export async function stopContacts(page, netsuite) {
    const connection = await connectionOf(page, netsuite);
    await call(page, "netsuite.connection", "write", [[connection], { sync_contacts: false }]);
}

// Sends an invoice whose PDF NetSuite refuses, where e-mails are to wait for it.
export async function holdMail(page, netsuite) {
    const connection = await connectionOf(page, netsuite);
    await control(netsuite, "faults", { name: "permission_files", times: null });
    await call(page, "netsuite.connection", "write", [[connection], { pdf_on_failure: "hold" }]);
    seen.held = await newest(page, connection, "invoice", [["payment_state", "=", "not_paid"]]);
    const context = { active_model: "account.move", active_ids: [seen.held.id] };
    const wizard = await call(page, "account.move.send.wizard", "create", [[{}]], { context });
    await call(page, "account.move.send.wizard", "action_send_and_print", [wizard]);
}

// Lets NetSuite fail in one way from now on, and Odoo notice it.
export async function fail(page, netsuite, fault) {
    await control(netsuite, "faults", fault);
    const connection = await connectionOf(page, netsuite);
    await call(page, "netsuite.connection", "action_synchronise", [[connection]]);
    await page.waitForTimeout(20000);
}

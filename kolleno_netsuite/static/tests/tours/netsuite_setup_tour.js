import { registry } from "@web/core/registry";

const field = (name) => `.o_field_widget[name=${name}]`;

// On a busy machine a page takes longer than the ten seconds that a step has of itself.
const patiently = (steps) => steps.map((step) => ({ timeout: 60000, ...step }));

const next = (content, step) => [
    {
        content,
        trigger: "button[name=action_next]:not(.d-none)",
        run: "click",
    },
    {
        content: `The bar shows ${step}`,
        trigger: `.o_arrow_button_current:contains('${step}')`,
    },
];

// What only this simulated account knows: its address and its credentials.
const paste = (content, name, value) => ({
    content,
    trigger: `${field(name)} input`,
    run: (helpers) => helpers.edit(odoo.netsuiteSimulator[value]),
});

// Nothing is connected -> the account by its address -> a key pair, and then the person leaves.
registry.category("web_tour.tours").add("kolleno_netsuite_setup_begin", {
    steps: () =>
        patiently([
            {
                content: "The empty page says what comes",
                trigger: ".o_view_nocontent:contains('five steps')",
            },
            {
                content: "Set up an account",
                trigger: "button:contains('Set Up an Account')",
                run: "click",
            },
            paste("Paste an address of the account", "account", "address"),
            {
                content: "Call it by its name",
                trigger: `${field("name")} input`,
                run: "edit Lantern",
            },
            {
                content: "The account was recognised",
                trigger: `${field("account_text")}:contains('Account ')`,
            },
            paste("This one is simulated on this machine", "service_url", "base_url"),
            ...next("On to the sign-in", "Sign-in"),
            {
                content: "Make a key pair",
                trigger: "button[name=action_make_key_pair]:contains('Create a Key Pair')",
                run: "click",
            },
            {
                content: "Its certificate can be copied",
                trigger: ".o_clipboard_button:contains('Copy the Certificate')",
            },
        ]),
});

// Overview -> where it was left -> test -> companies and mappings -> preview -> import.
registry.category("web_tour.tours").add("kolleno_netsuite_setup_end", {
    steps: () =>
        patiently([
            {
                content: "The card leads back to the set-up",
                trigger: ".o_kanban_record:contains('Lantern') button[name=action_set_up]",
                run: "click",
            },
            paste("Copy what NetSuite showed", "client_id", "client_id"),
            paste("Also the certificate's ID", "certificate_id", "certificate_id"),
            ...next("Test", "Test"),
            {
                content: "Everything is there",
                trigger: `${field("test_text")}:contains('everything that is needed works')`,
            },
            ...next("On to the companies", "Companies and Mappings"),
            {
                content: "Choose the company of a subsidiary",
                trigger: `${field("subsidiary_ids")} .o_data_row:first td[name=company_id]`,
                run: "click",
            },
            {
                content: "By its name",
                trigger: `${field("subsidiary_ids")} ${field("company_id")} input`,
                run: "edit Lantern Works",
            },
            {
                content: "Take it from the list",
                trigger: ".o-autocomplete--dropdown-item:contains('Lantern Works')",
                run: "click",
            },
            {
                content: "Save, so that its mappings are suggested",
                trigger: ".o_form_button_save",
                run: "click",
            },
            {
                content: "Accept what is suggested",
                trigger: "button[name=action_accept_suggestions]",
                run: "click",
            },
            {
                content: "Nothing is left to accept",
                trigger: `${field("question_ids")}:not(:contains('Suggested'))`,
            },
            ...next("On to the preview", "Preview"),
            {
                content: "Customers and invoices are counted",
                trigger: `${field("line_ids")}:contains('Customers'):contains('Invoices')`,
            },
            {
                content: "What is open is told",
                trigger: `${field("open_text")}:contains('USD')`,
            },
            {
                content: "Import",
                trigger: "button[name=action_import]",
                run: "click",
            },
            {
                content: "The overview shows how it goes",
                trigger: ".o_kanban_record:contains('Lantern') .o_netsuite_progress",
            },
        ]),
});

import { registry } from "@web/core/registry";

const field = (name) => `.o_field_widget[name=${name}]`;
const row = (text) => `${field("value_ids")} .o_data_row:contains('${text}')`;

// On a busy machine a page takes longer than the ten seconds that a step has of itself.
const patiently = (steps) => steps.map((step) => ({ timeout: 30000, ...step }));

// A conflict, decided field by field by somebody who may not push.
registry.category("web_tour.tours").add("kolleno_netsuite_decide", {
    steps: () =>
        patiently([
            {
                content: "One sentence says what NetSuite is to get; open it",
                trigger: ".o_data_row:contains('Conflict') .o_data_cell:contains('INV-1044')",
                run: "click",
            },
            {
                content: "Both values stand beside each other",
                trigger: `${row("custbody_stage")}:contains('L2'):contains('Legal')`,
            },
            {
                content: "NetSuite's stage stays",
                trigger: `${row("custbody_stage")} button[name=action_choose_netsuite]`,
                run: "click",
            },
            {
                content: "It is noted; Odoo's memo holds",
                trigger: `${row("custbody_stage")}:contains("NetSuite's value")`,
            },
            {
                content: "Choose it",
                trigger: `${row("memo")} button[name=action_choose_odoo]`,
                run: "click",
            },
            {
                content: "Both are chosen",
                trigger: `${row("memo")}:contains("Odoo's value")`,
            },
            {
                content: "Go on",
                trigger: "button[name=action_apply_choices]",
                run: "click",
            },
            {
                content: "It waits for review, and there is no button to push it",
                trigger:
                    ".o_form_view:not(:has(button[name=action_push])) .o_arrow_button_current:contains('To review')",
            },
        ]),
});

// Somebody with the right selects what waits, reads what will be written, and pushes.
registry.category("web_tour.tours").add("kolleno_netsuite_push", {
    steps: () =>
        patiently([
            {
                content: "Select all",
                trigger: ".o_list_view:has(.o_data_row) thead .o_list_record_selector input",
                run: "click",
            },
            {
                content: "Push",
                trigger: "button[name=action_review]",
                run: "click",
            },
            {
                content: "The dialog says what will be written",
                trigger: ".modal:contains('Set memo to Chased on invoice INV-1044 of Globex')",
            },
            {
                content: "Yes",
                trigger: ".modal button[name=action_push]",
                run: "click",
            },
            {
                content: "It is queued",
                trigger: ".o_notification:contains('Queued: 1')",
            },
        ]),
});

registry.category("web_tour.tours").add("kolleno_netsuite_confirmed", {
    steps: () =>
        patiently([
            {
                content: "NetSuite has it",
                trigger: ".o_arrow_button_current:contains('Confirmed')",
            },
            {
                content: "The story says so",
                trigger: `${field("attempt_ids")}:contains('NetSuite has what was meant.')`,
            },
        ]),
});

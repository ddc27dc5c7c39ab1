import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// Overview -> what waits and why -> the mapping that is missing, chosen on the spot.
registry.category("web_tour.tours").add("kolleno_netsuite_fix_issue", {
    url: "/odoo/netsuite",
    steps: () => [
        {
            content: "The card says how far the mirror is",
            trigger: ".o_kanban_record:contains('Test account'):contains('Up to date as of')",
        },
        {
            content: "Open what needs somebody",
            trigger: ".o_kanban_record a[name=action_open_issues]",
            run: "click",
        },
        {
            content: "One line says what is missing; fix it",
            trigger: ".o_data_row:contains('777') button[name=action_fix]",
            run: "click",
        },
        {
            content: "Exactly that mapping is open; choose the account",
            trigger: ".modal .o_field_widget[name=account_id] input",
            run: "edit NS55",
        },
        {
            content: "Take it from the list",
            trigger: ".o-autocomplete--dropdown-item:contains('NS55')",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
    ],
});

// The mirrored invoice -> what NetSuite sent -> the proof of its customer.
registry.category("web_tour.tours").add("kolleno_netsuite_mirrored_invoice", {
    steps: () => [
        {
            content: "The invoice says that it is in step; ask what NetSuite sent",
            trigger: "button[name=action_netsuite_history]:contains('In sync')",
            run: "click",
        },
        {
            content: "NetSuite's own words",
            trigger: ".o_field_widget[name=payload_table]:contains('tranid')",
        },
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: ".o_app[data-menu-xmlid='kolleno_netsuite.netsuite_menu_root']",
            run: "click",
        },
        {
            content: "Open the proof",
            trigger: ".o_menu_sections a[data-menu-xmlid='kolleno_netsuite.netsuite_proof_menu']",
            run: "click",
        },
        {
            content: "The customer is listed with both sides",
            trigger: ".o_list_view:contains('NetSuite Open'):contains('Odoo Open')",
        },
    ],
});

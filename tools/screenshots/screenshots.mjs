// Takes the pictures of docs/images from the demo that `make demo` keeps running.
//
//   npm install
//   node screenshots.mjs [address of Odoo] [folder] [regular expression of names] [NetSuite]
//
// With the address of the simulated NetSuite (`make demo` prints it) things happen there first,
// for the pictures of what they look like in Odoo: see events.mjs. Those pictures are left out else.
//
// Needs a Chromium on the machine; CHROMIUM names another one than /usr/bin/chromium.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { fail, holdMail, makeEvents, seen, stopContacts } from "./events.mjs";

const [
    address = "http://127.0.0.1:8069",
    folder = fileURLToPath(new URL("../../docs/images", import.meta.url)),
    only = "",
    netsuite = "",
] = process.argv.slice(2);

const DESK = { width: 1366, height: 768 };
const PHONE = { width: 390, height: 844 };
const tab = (name) => `.o_notebook_headers a[name=${name}]`;
const group = (name) => `.o_group_header:has-text("${name}")`;
const firstRow = ".o_data_row .o_data_cell";
// Of a customer whose name does not try out how names are shown.
const usualRow = ".o_data_row:not(:has-text('<')) >> nth=1 >> .o_data_cell";

const action = (name) => `/odoo/action-kolleno_netsuite.${name}`;
const page = (name, ...more) => [
    "/odoo/netsuite",
    ["a[name=action_open_setup]", tab(name), ...more],
    DESK,
];
const WRITEBACKS = "/odoo/netsuite-writebacks";
// Clicking it closes an open menu.
const TITLE = ".o_breadcrumb";
// The demo's second account, whose features NetSuite does not tell.
const SMALL = ".o_kanban_record:has-text('Northfield')";
const FACTS = "button[name=action_open_facts]";
const SET_UP = ["a[name=action_open_setup]", "button[name=action_set_up]"];
const NEXT = "button[name=action_next]:visible";
const BACK = "button[name=action_back]:visible";

// name, path, what is clicked (or waited for, or filled in) there in turn, size
const PICTURES = [
    ["overview", "/odoo/netsuite", [], DESK],
    ["overview-phone", "/odoo/netsuite", [], PHONE],
    ["connection-new", "/odoo/netsuite/new", [], DESK],
    ["companies", "/odoo/netsuite", ["a[name=action_open_setup]", tab("companies")], DESK],
    ["what-is-read", "/odoo/netsuite", ["a[name=action_open_setup]", tab("streams")], DESK],
    // The company that has deposits.
    ["proof", "/odoo/netsuite-proof", [group("My Company"), group("USD")], DESK],
    ["invoice", "/odoo/customer-invoices", [usualRow, tab("netsuite")], DESK],
    ["run", "/odoo/action-kolleno_netsuite.netsuite_run_action", [firstRow], DESK],
    ["schedule", ...page("schedule")],
    ["connection-documents", ...page("documents")],
    ["connection-pdfs", ...page("pdfs")],
    ["connection-customers", ...page("customers")],
    ["contacts-settings", ...page("contacts")],
    ["deletions", ...page("removal")],
    ["account-facts", "/odoo/netsuite", [`${SMALL} a[name=action_open_setup]`, FACTS], DESK],
    ["setup-account", "/odoo/netsuite", ["button:has-text('Set Up an Account')"], DESK],
    // In this order: the demo leaves the set-up at its test, and it opens where it was left.
    [
        "setup-test",
        "/odoo/netsuite",
        [...SET_UP, "wait button[name=action_test]:visible"],
        DESK,
    ],
    ["setup-companies", "/odoo/netsuite", [...SET_UP, NEXT, "wait div[name=step_companies]"], DESK],
    ["setup-preview", "/odoo/netsuite", [...SET_UP, NEXT, "wait div[name=step_preview]"], DESK],
    ["setup-sign-in", "/odoo/netsuite", [...SET_UP, BACK, BACK, BACK], DESK],
    [
        "contacts-lookalikes",
        action("netsuite_contact_action"),
        [".o_searchview_dropdown_toggler", ".o_menu_item:has-text('Possible Duplicates')", TITLE],
        DESK,
    ],
    ["intercompany", action("netsuite_intercompany_action"), [], DESK],
    [
        "exclude",
        action("netsuite_intercompany_action"),
        [".o_data_row button:has-text('Exclude')"],
        DESK,
    ],
    ["customer-group", action("res_partner_action_netsuite_group"), [firstRow], DESK],
    [
        "subsidiary-reimport",
        action("netsuite_subsidiary_action"),
        ["button[name=action_import_again]"],
        DESK,
    ],
    ["pause", ...page("schedule", "button[name=action_pause]")],
    ["contacts", action("netsuite_contact_action"), [], DESK],
    ["writebacks", WRITEBACKS, [], DESK],
    ["writebacks-phone", WRITEBACKS, [], PHONE],
    [
        "writebacks-push",
        WRITEBACKS,
        ["wait .o_data_row", "thead .o_list_record_selector input", "button[name=action_review]"],
        DESK,
    ],
    ["writeback-conflict", WRITEBACKS, [".o_data_row:has-text('Conflict') .o_data_cell"], DESK],
    ["writeback-blocked", WRITEBACKS, [".o_data_row:has-text('Blocked') .o_data_cell"], DESK],
    ["connection-writing", ...page("writing")],
    [
        "update-action",
        "/odoo/action-base_automation.base_automation_act",
        [".o_kanban_record", "div[name=action_server_ids] .o_kanban_record"],
        DESK,
    ],
    [
        "field-mapping-out",
        action("netsuite_field_mapping_action"),
        [".o_data_row:has-text('Resale') .o_data_cell"],
        DESK,
    ],
    [
        "exclude-choose",
        action("netsuite_exclusion_action"),
        ["button:has-text('Exclude Customers')"],
        DESK,
    ],
];

const JOURNAL = "/odoo/action-account.action_move_journal_line/";

// Pictures of what makeEvents did, in the order in which they are taken; paths may need `seen`.
const EVENTFUL = [
    [
        "invoice-deleted",
        () => `/odoo/customer-invoices/${seen.deleted.id}`,
        [tab("netsuite")],
        DESK,
    ],
    [
        "contacts-recipients",
        () => `/odoo/customer-invoices/${seen.named.id}`,
        [tab("netsuite_recipients")],
        DESK,
    ],
    ["journal-entry", () => JOURNAL + seen.journal.id, [tab("netsuite")], DESK],
    ["field-catalogue", () => action("netsuite_field_action"), [".o_facet_remove"], DESK],
    ["field-mappings", () => action("netsuite_field_mapping_action"), [], DESK],
    ["field-mapping", () => action("netsuite_field_mapping_action"), [firstRow], DESK],
    ["exclusions", () => action("netsuite_exclusion_action"), [], DESK],
    ["left-out", () => action("netsuite_left_out_action"), [], DESK],
    ["resynchronisations", () => action("netsuite_resync_action"), [], DESK],
    ["issue-fix", () => "/odoo/netsuite-issues", [], DESK],
    ["issues-phone", () => "/odoo/netsuite-issues", [], PHONE],
];

const EXCLUDE = [
    "button:has-text('Exclude Customers')",
    "fill .modal div[name=entries] textarea => 1423",
    "button[name=action_preview]",
    "fill .modal div[name=confirmation] input => EXCLUDE 1",
    "button[name=action_apply]",
    "wait .modal div[name=result]:visible",
];

// Pictures of what comes of something: [name, what is done, path, clicks, size].
const CONSEQUENCES = [
    ["exclude-done", async () => {}, () => action("netsuite_exclusion_action"), EXCLUDE, DESK],
    [
        "email-held",
        holdMail,
        () => `/odoo/customer-invoices/${seen.held.id}`,
        [tab("netsuite")],
        DESK,
    ],
    [
        "contacts-cleanup",
        stopContacts,
        () => "/odoo/netsuite",
        page("contacts", "button[name=action_clean_up_contacts]")[1],
        DESK,
    ],
];

// Pictures of what goes wrong, taken last: [name, fault, path, clicks, size].
const FAULTY = [
    [
        "deletions-hidden",
        { name: "permission_missing", record: "deletedrecord", times: null },
        ...page("removal"),
    ],
];

async function signIn(page) {
    await page.goto(`${address}/web/login`);
    await page.fill("input[name=login]", "admin");
    await page.fill("input[name=password]", "admin");
    await Promise.all([page.waitForURL(/\/odoo/), page.click("button[type=submit]")]);
    // The mirror is shown over all companies, as somebody who keeps all books would.
    const companies = await page.evaluate(async () => {
        const answer = await fetch("/web/session/get_session_info", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ jsonrpc: "2.0", method: "call", params: {} }),
        });
        return Object.keys((await answer.json()).result.user_companies.allowed_companies);
    });
    await page.context().addCookies([{ name: "cids", value: companies.join("-"), url: address }]);
}

async function take(page, name, path, clicks, size) {
    await page.setViewportSize(size);
    await page.goto(address + path);
    await page.waitForSelector(".o_view_controller");
    for (const step of clicks) {
        if (step.startsWith("fill ")) {
            const [field, value] = step.slice("fill ".length).split(" => ");
            await page.locator(field).first().fill(value);
            continue;
        }
        const selector = step.replace(/^wait /, "");
        const target = page.locator(selector).first();
        const found = await target.waitFor({ timeout: 20000 }).then(
            () => true,
            () => false,
        );
        if (!found) {
            console.log(`${name}: left out, there is no ${selector}`);
            return;
        }
        if (selector === step) {
            await target.click();
        }
        await page.waitForTimeout(800);
    }
    // No tooltip stands in the way; charts and badges are drawn after the view is there.
    await page.mouse.move(5, size.height - 5);
    await page.waitForTimeout(1200);
    await page.locator(".o_loading_indicator").waitFor({ state: "hidden" });
    await page.waitForTimeout(400);
    const dialog = page.locator(".o_error_dialog");
    if (await dialog.count()) {
        throw new Error(`${name}: ${await dialog.first().innerText()}`);
    }
    await page.screenshot({ path: join(folder, `${name}.png`) });
    console.log(name);
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
    const page = await browser.newPage();
    page.setDefaultTimeout(90000);
    await signIn(page);
    for (const [name, path, clicks, size] of PICTURES) {
        if (name.match(only)) {
            await take(page, name, path, clicks, size);
        }
    }
    if (netsuite) {
        await makeEvents(page, netsuite);
        for (const [name, path, clicks, size] of EVENTFUL) {
            if (name.match(only)) {
                await take(page, name, path(), clicks, size);
            }
        }
        for (const [name, act, path, clicks, size] of CONSEQUENCES) {
            if (name.match(only)) {
                await act(page, netsuite);
                await take(page, name, path(), clicks, size);
            }
        }
        for (const [name, fault, ...picture] of FAULTY.filter(([each]) => each.match(only))) {
            await fail(page, netsuite, fault);
            await take(page, name, ...picture);
        }
    }
} finally {
    await browser.close();
}

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";

import { onWillStart, useState } from "@odoo/owl";

const ALERTS = {
    agrees: "alert-success",
    waiting: "alert-warning",
    differs: "alert-danger",
    empty: "alert-info",
};

/**
 * The list of proofs under one sentence that says whether all customers agree. No standard
 * widget shows anything above a list.
 */
export class NetsuiteProofListController extends ListController {
    static template = "kolleno_netsuite.NetsuiteProofListView";

    setup() {
        super.setup();
        this.proofOrm = useService("orm");
        this.proofAction = useService("action");
        this.header = useState({ sentence: "", state: "empty", lines: [] });
        onWillStart(async () => {
            const connectionId = this.props.context.default_connection_id;
            const header = await this.proofOrm.call("netsuite.proof", "header", [], {
                connection_ids: connectionId ? [connectionId] : [],
            });
            Object.assign(this.header, header);
        });
    }

    openReceivables() {
        const connectionId = this.props.context.default_connection_id;
        return this.proofAction.doAction("kolleno_netsuite.netsuite_completeness_action", {
            additionalContext: connectionId ? { default_connection_id: connectionId } : {},
        });
    }

    get headerClass() {
        return ALERTS[this.header.state];
    }
}

/**
 * Leaves out totals over several currencies. Odoo converts them at its own rates of today,
 * which neither side's books have: a sum that nobody could check has no place in a proof.
 */
export class NetsuiteProofListRenderer extends ListRenderer {
    computeAggregates() {
        const aggregates = super.computeAggregates();
        return Object.fromEntries(
            Object.entries(aggregates).map(([name, total]) => [name, this.ofOneCurrency(total)])
        );
    }

    formatGroupAggregate(group, column) {
        return this.ofOneCurrency(super.formatGroupAggregate(group, column));
    }

    ofOneCurrency(total) {
        return total.multiCurrency
            ? { value: "–", help: _t("Several currencies: open the group to see each of them.") }
            : total;
    }
}

registry.category("views").add("netsuite_proof_list", {
    ...listView,
    Renderer: NetsuiteProofListRenderer,
    Controller: NetsuiteProofListController,
});

registry.category("views").add("netsuite_amount_list", {
    ...listView,
    Renderer: NetsuiteProofListRenderer,
});

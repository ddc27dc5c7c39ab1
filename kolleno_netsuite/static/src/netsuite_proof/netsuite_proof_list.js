import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

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
        this.header = useState({ sentence: "", state: "empty" });
        onWillStart(async () => {
            const connectionId = this.props.context.default_connection_id;
            const header = await this.proofOrm.call("netsuite.proof", "header", [], {
                connection_ids: connectionId ? [connectionId] : [],
            });
            Object.assign(this.header, header);
        });
    }

    get headerClass() {
        return ALERTS[this.header.state];
    }
}

registry.category("views").add("netsuite_proof_list", {
    ...listView,
    Controller: NetsuiteProofListController,
});

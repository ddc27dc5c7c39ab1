import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

/**
 * Fetches the PDF of a document that was opened, when it is due. The form is shown first and
 * never waits for NetSuite.
 */
export class NetsuiteDocumentOpenedField extends Component {
    static template = "kolleno_netsuite.NetsuiteDocumentOpenedField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ waiting: false });
        this.asked = new Set();
        useRecordObserver((record) => this.look(record));
        onMounted(() => {
            this.mounted = true;
            this.look(this.props.record);
        });
        onWillUnmount(() => {
            this.mounted = false;
        });
    }

    look(record) {
        const isDue = record.data[this.props.name];
        if (this.mounted && record.resId && isDue && !this.asked.has(record.resId)) {
            // Once for each opening: what could not be fetched is not asked for in a loop.
            this.asked.add(record.resId);
            this.fetch(record);
        }
    }

    async fetch(record) {
        const { resModel, resId } = record;
        this.state.waiting = true;
        try {
            const isNew = await this.orm.silent.call(resModel, "action_netsuite_opened", [[resId]]);
            const isShown = this.mounted && record.resId === resId;
            if (isNew && isShown && !(await record.isDirty())) {
                await record.load();
            }
        } finally {
            this.state.waiting = false;
        }
    }
}

registry.category("fields").add("netsuite_document_opened", {
    component: NetsuiteDocumentOpenedField,
    supportedTypes: ["boolean"],
});

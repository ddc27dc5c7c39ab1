import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

// Often enough to look alive; the server answers from a handful of rows.
const RUNNING_INTERVAL = 3000;
// A synchronisation can also be started by the clock or by a colleague.
const IDLE_INTERVAL = 20000;
const FIELDS = ["running_run_id", "run_progress", "run_text", "standing_text"];

/**
 * The progress of a connection's running synchronisation, kept up to date while the page is
 * open. Odoo's own progress bar shows a value once; nothing tells it that a cron moved on.
 */
export class NetsuiteProgressField extends Component {
    static template = "kolleno_netsuite.NetsuiteProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ running: false, percent: 0, text: "" });
        // A button on the page can start a run: the record says so before the next look.
        useRecordObserver((record) => this.show(record.data));
        onMounted(() => {
            this.mounted = true;
            this.schedule();
        });
        onWillUnmount(() => {
            this.mounted = false;
            clearTimeout(this.timer);
        });
    }

    get width() {
        return `${Math.max(1, Math.round(this.state.percent))}%`;
    }

    show(data) {
        const started = !this.state.running && Boolean(data.running_run_id);
        this.state.running = Boolean(data.running_run_id);
        this.state.percent = data.run_progress || 0;
        this.state.text = data.run_text || "";
        if (started) {
            this.schedule();
        }
    }

    schedule() {
        clearTimeout(this.timer);
        if (this.mounted) {
            const interval = this.state.running ? RUNNING_INTERVAL : IDLE_INTERVAL;
            this.timer = setTimeout(() => this.poll(), interval);
        }
    }

    async poll() {
        if (this.props.record.resId && !document.hidden) {
            await this.look();
        }
        this.schedule();
    }

    async look() {
        const { record } = this.props;
        const wasRunning = this.state.running;
        let changed = false;
        try {
            const [now] = await this.orm.silent.read(record.resModel, [record.resId], FIELDS);
            this.show(now || {});
            // While it runs, the bar says how far it is.
            changed = !this.state.running && now?.standing_text !== record.data.standing_text;
        } catch (error) {
            // The page says itself that the server is away; look again later.
            if (error instanceof ConnectionLostError) {
                return;
            }
            throw error;
        }
        // What the run changed (counts, amounts, buttons) is shown once it starts or ends, and
        // what stops it once it does, unless somebody is typing in the form.
        if ((changed || wasRunning !== this.state.running) && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("fields").add("netsuite_progress", {
    component: NetsuiteProgressField,
    supportedTypes: ["float"],
    fieldDependencies: [
        { name: "running_run_id", type: "many2one", relation: "netsuite.run" },
        { name: "run_text", type: "char" },
        { name: "standing_text", type: "char" },
    ],
});

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onWillUnmount, useState } from "@odoo/owl";

// Often enough to look alive; the server answers from a handful of rows.
const RUNNING_INTERVAL = 3000;
// A synchronisation can also be started by the clock or by a colleague.
const IDLE_INTERVAL = 20000;

/**
 * The progress of a connection's running synchronisation, kept up to date while the page is
 * open. Odoo's own progress bar shows a value once; nothing tells it that a cron moved on.
 */
export class NetsuiteProgressField extends Component {
    static template = "kolleno_netsuite.NetsuiteProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        const { running_run_id: run, run_progress, run_text } = this.props.record.data;
        this.state = useState({
            running: Boolean(run),
            percent: run_progress || 0,
            text: run_text || "",
        });
        this.schedule();
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get width() {
        return `${Math.max(1, Math.round(this.state.percent))}%`;
    }

    schedule() {
        const interval = this.state.running ? RUNNING_INTERVAL : IDLE_INTERVAL;
        this.timer = setTimeout(() => this.poll(), interval);
    }

    async poll() {
        const { record } = this.props;
        if (record.resId && !document.hidden) {
            const wasRunning = this.state.running;
            const [now] = await this.orm.silent.read(
                record.resModel,
                [record.resId],
                ["running_run_id", "run_progress", "run_text"]
            );
            this.state.running = Boolean(now?.running_run_id);
            this.state.percent = now?.run_progress || 0;
            this.state.text = now?.run_text || "";
            // What the run changed (counts, amounts, buttons) is shown once it starts or ends,
            // unless somebody is typing in the form.
            if (wasRunning !== this.state.running && !(await record.isDirty())) {
                await record.load();
            }
        }
        this.schedule();
    }
}

registry.category("fields").add("netsuite_progress", {
    component: NetsuiteProgressField,
    supportedTypes: ["float"],
    fieldDependencies: [
        { name: "running_run_id", type: "many2one", relation: "netsuite.run" },
        { name: "run_text", type: "char" },
    ],
});

import { fileURLToPath } from "node:url";

/** A viewer of training runs that is compared. */
export interface Viewer {
  name: string;
  /** It has to run while runs are written. */
  isServerFirst: boolean;
  /** Command that serves the folder on a port. */
  serve: (place: { folder: string; port: number; venv: string }) => { command: string[]; env?: Record<string, string> };
  /** Address of one chart with `val/loss` of the first ten runs. */
  chart: (url: string) => Promise<string> | string;
}

const PLATFORM = fileURLToPath(new URL("../../../packages/platform/bin/ava-platform.js", import.meta.url));

/** All that are compared, ours first. */
export const VIEWERS: readonly Viewer[] = [
  {
    name: "ava",
    isServerFirst: true,
    serve: ({ folder, port }) => ({ command: [process.execPath, PLATFORM, "--port", `${port}`, "--data", folder] }),
    chart: async (url) => {
      const { instances } = await json<{ instances: { id: string }[] }>(`${url}/v1/instances?limit=10&sort=startTime`);
      return `${url}/?show=charts&metric=${encodeURIComponent("^val/loss$")}${instances.map(({ id }) => `&pick=${encodeURIComponent(id)}`).join("")}`;
    },
  },
  {
    name: "mlflow",
    isServerFirst: true,
    serve: ({ folder, port, venv }) => ({
      command: [
        `${venv}/bin/python`,
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        `sqlite:///${folder}/mlflow.db`,
        "--workers",
        "1",
        "--port",
        `${port}`,
      ],
      env: { MLFLOW_DISABLE_TELEMETRY: "true" },
    }),
    chart: async (url) => {
      const body = JSON.stringify({ experiment_ids: ["0"], max_results: 10, order_by: ["attributes.start_time ASC"] });
      const { runs } = await json<{ runs: { info: { run_id: string } }[] }>(`${url}/api/2.0/mlflow/runs/search`, body);
      const ids = encodeURIComponent(JSON.stringify(runs.map(({ info }) => info.run_id)));
      const plot = {
        metric: '"val/loss"',
        experiments: '["0"]',
        plot_metric_keys: '["val/loss"]',
        plot_layout: '{"autosize":true,"xaxis":{},"yaxis":{}}',
        x_axis: "step",
        y_axis_scale: "linear",
        line_smoothness: "1",
        show_point: "false",
        deselected_curves: "[]",
        last_linear_y_axis_range: "[]",
      };
      return `${url}/#/metric?runs=${ids}&${new URLSearchParams(plot)}`.replaceAll("+", "%20");
    },
  },
  {
    name: "tensorboard",
    isServerFirst: false,
    serve: ({ folder, port, venv }) => ({
      command: [`${venv}/bin/python`, "-m", "tensorboard.main", "--logdir", folder, "--port", `${port}`],
    }),
    chart: (url) => `${url}/?tagFilter=${encodeURIComponent("val/loss")}&runFilter=${encodeURIComponent("^run-00")}#timeseries`,
  },
  {
    name: "trackio",
    isServerFirst: false,
    serve: ({ folder, port, venv }) => ({
      command: [
        `${venv}/bin/python`,
        "-c",
        `import trackio; trackio.show(project="peers", open_browser=False, block_thread=True, host="127.0.0.1", server_port=${port})`,
      ],
      env: { TRACKIO_DIR: folder, HF_HUB_OFFLINE: "1" },
    }),
    chart: (url) => `${url}/?project=peers&metrics=${encodeURIComponent("val/loss")}`,
  },
];

async function json<Answer>(url: string, body?: string): Promise<Answer> {
  const post = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body };
  return (await (await fetch(url, post)).json()) as Answer;
}

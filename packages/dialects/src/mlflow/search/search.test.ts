import { beforeAll, describe, expect, test } from "vitest";
import { DialectClient } from "../../testing/dialect-client.js";
import { mlflowDialect } from "../dialect.js";

const API = "/api/2.0/mlflow";
const client = new DialectClient(mlflowDialect);

/** Runs a, b, c: started one after the other, loss 1, 2, NaN. */
async function makeRun(name: string, start: number, loss: number | string, more: object): Promise<void> {
  const { json } = await client.send("POST", `${API}/runs/create`, { run_name: name, start_time: start, user_id: "u" });
  const { run_id: runId } = (json as { run: { info: { run_id: string } } }).run.info;
  const metrics = [{ key: "val/loss", value: loss, timestamp: 1, step: 1 }];
  await client.send("POST", `${API}/runs/log-batch`, { run_id: runId, metrics, ...more });
}

async function search(filter: string, orders: string[] = [], more: object = {}): Promise<string> {
  const body = { experiment_ids: ["0"], filter, order_by: orders, ...more };
  const { status, json } = await client.send("POST", `${API}/runs/search`, body);
  if (status !== 200) return String((json as { error_code: string }).error_code);
  const { runs } = json as { runs: { info: { run_name: string } }[] };
  return runs.map(({ info }) => info.run_name).join("");
}

beforeAll(async () => {
  await makeRun("a", 1000, 1, { params: [{ key: "lr", value: "0.1" }], tags: [{ key: "team", value: "It's red" }] });
  await makeRun("b", 2000, 2, { params: [{ key: "opt name", value: "SGD_m" }], tags: [{ key: "team", value: "Blue" }] });
  await makeRun("c", 3000, "NaN", {});
});

describe("a filter", () => {
  test.each([
    ["", "cba"],
    ["metrics.`val/loss` < 2", "a"],
    ["metric.\"val/loss\" >= 1 and params.lr = '0.1'", "a"],
    ["metrics.`val/loss` != 1", "cb"],
    ["params.lr != '0.1'", ""],
    ["params.`opt name` LIKE 'sgd%'", ""],
    ["params.`opt name` ILIKE 'sgd_m'", "b"],
    ["params.lr IS NULL", "cb"],
    ["tags.team IS NOT NULL", "ba"],
    ["tags.team = 'It''s red'", "a"],
    ["tag.team = \"Blue\" AND attributes.status = 'RUNNING'", "b"],
    ["run_name = 'c'", "c"],
    ["attributes.start_time > 1000 and attr.start_time <= 3000", "cb"],
    ["attributes.run_name IN ('a', 'c')", "ca"],
    ["run_name NOT IN ('a')", "cb"],
    ["metrics.`val/loss` <", "INVALID_PARAMETER_VALUE"],
    ["metrics.`val/loss` < 2 or metrics.`val/loss` > 3", "INVALID_PARAMETER_VALUE"],
    ["nonsense.x = 1", "INVALID_PARAMETER_VALUE"],
    ["params.lr = unquoted", "INVALID_PARAMETER_VALUE"],
    ["attributes.colour = 'red'", "INVALID_PARAMETER_VALUE"],
  ])("%s finds %s", async (filter, found) => {
    expect(await search(filter)).toBe(found);
  });
});

test("order: by metric in either direction, what is NaN or absent last; pages follow each other", async () => {
  expect(await search("", ["metrics.`val/loss` ASC"])).toBe("abc");
  expect(await search("", ["metrics.`val/loss` DESC"])).toBe("bac");
  expect(await search("", ["params.lr ASC", "attributes.start_time ASC"])).toBe("abc");
  expect(await search("", [], { max_results: 2 })).toBe("cb");
  expect(await search("", [], { max_results: 2, page_token: "2" })).toBe("a");
  expect(await search("", [], { max_results: 50_001 })).toBe("INVALID_PARAMETER_VALUE");
});

test("experiments are found by name and tag", async () => {
  await client.send("POST", `${API}/experiments/create`, { name: "vision/one", tags: [{ key: "k", value: "v" }] });
  const find = async (filter: string) => {
    const { json } = await client.send("POST", `${API}/experiments/search`, { filter });
    return (json as { experiments: { name: string }[] }).experiments.map(({ name }) => name);
  };
  expect(await find("")).toEqual(["vision/one", "Default"]);
  expect(await find("name LIKE 'vision%' and tags.k = 'v'")).toEqual(["vision/one"]);
  expect(await find("name = 'Default'")).toEqual(["Default"]);
});

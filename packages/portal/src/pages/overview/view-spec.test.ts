import { expect, test } from "vitest";
import { type OverviewView, readOverviewView } from "../../view-state/overview-view.js";
import { specOf, viewOf } from "./view-spec.js";

test.each<[Partial<OverviewView>, string]>([
  [{}, ""],
  [
    { training: "图像", terms: ["params.lr>=0.1", "a text"], sort: "-last:loss", columns: ["last:`a,b`", "min:loss{rank=0,phase=val}"] },
    "params.lr>=0.1 a text",
  ],
  [{ terms: ["state!=done"], state: undefined, group: ["params.lr", "params.`odd, key`"], pinned: ["b", "a"] }, "state!=done"],
  [{ terms: ["params.opt=adam"], state: "failed", columns: [] }, "params.opt=adam state=failed"],
])("a view that is kept opens as it was: %j", (set, filter) => {
  const view = { ...readOverviewView(""), ...set };
  const opened = { ...readOverviewView(""), ...viewOf(specOf(view, filter)) };
  expect({ ...opened, terms: opened.terms.join(" ") }).toEqual({ ...view, terms: view.terms.join(" ") });
});

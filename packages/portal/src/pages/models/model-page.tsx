import { flattenParams } from "ava-protocol";
import type { ReactNode } from "react";
import { loadModel } from "../../api/models.js";
import { useResource } from "../../api/use-resource.js";
import { LIST_INTERVAL_MS, useLiveRefetch } from "../../live/use-live.js";
import { MODELS } from "../../view-state/kept-pages.js";
import { useWords } from "../../words/use-words.js";
import { PairsCard } from "../pairs-card.js";
import { ReadPage } from "../read-page.js";
import { ModelTable } from "./model-table.js";

/**
 * Every version of a model, with its run and its file, and the params of the newest.
 *
 * @param props - name of the model
 * @returns the element
 */
export function ModelPage({ name }: { name: string }): ReactNode {
  const { models: words, instance } = useWords();
  const read = useResource(name, (signal) => loadModel(name, signal));
  useLiveRefetch(({ facts }) => facts === true, read.reload, LIST_INTERVAL_MS);
  return (
    <ReadPage title={name} above={{ title: words.title, href: MODELS }} read={read}>
      {({ versions, params }) => (
        <>
          <ModelTable models={versions} hasRuns />
          <PairsCard title={instance.tabs.params} pairs={flattenParams(JSON.stringify(params)).map(({ path, value }) => [path, value])} />
        </>
      )}
    </ReadPage>
  );
}

import type { ReactNode } from "react";
import { loadModels } from "../../api/models.js";
import { useResource } from "../../api/use-resource.js";
import { LIST_INTERVAL_MS, useLiveRefetch } from "../../live/use-live.js";
import { useWords } from "../../words/use-words.js";
import { ReadPage } from "../read-page.js";
import { SearchedList } from "../searched-list.js";
import { ModelTable } from "./model-table.js";

/** @returns the newest version of every model, with the run that made it */
export function ModelsPage(): ReactNode {
  const { models: words } = useWords();
  const read = useResource("models", loadModels);
  useLiveRefetch(({ facts }) => facts === true, read.reload, LIST_INTERVAL_MS);
  return (
    <ReadPage title={words.title} read={read}>
      {(models) =>
        models.length === 0 ? (
          <ModelTable models={models} />
        ) : (
          <SearchedList entries={models} textsOf={({ name, instance }) => [name, instance]}>
            {(found) => <ModelTable models={found} hasRuns />}
          </SearchedList>
        )
      }
    </ReadPage>
  );
}

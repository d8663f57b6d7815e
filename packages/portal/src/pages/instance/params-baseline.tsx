import type { InstanceDetail } from "ava-protocol";
import type { ReactNode } from "react";
import { loadInstance, loadNewest } from "../../api/instances.js";
import { useResource } from "../../api/use-resource.js";
import { failureText } from "../../controls/failure-text.js";
import { diffParams } from "../../params/diff.js";
import { useWords } from "../../words/use-words.js";
import { ParamsDiff } from "../training/params-diff.js";

/** Runs that are offered: the newest of the training. */
const OFFERED = 100;

/**
 * How the params of a run differ from those of another one of its training.
 *
 * @param props - the instance, id of the other run, what another choice does
 * @returns the element
 */
export function ParamsBaseline(props: {
  instance: InstanceDetail;
  baseline: string | undefined;
  onBaseline: (id: string | undefined) => void;
}): ReactNode {
  const { instance, baseline, onBaseline } = props;
  const words = useWords();
  const { value: newest } = useResource(instance.training, (signal) => loadNewest(instance.training, OFFERED, signal));
  const others = (newest ?? []).filter(({ id }) => id !== instance.id);
  if (others.length === 0 && baseline === undefined) return null;
  return (
    <section className="params-origin">
      <label className="select">
        {words.trainings.compareWith}
        <select value={baseline ?? ""} onChange={({ target: { value } }) => onBaseline(value === "" ? undefined : value)}>
          <option value="">{words.instance.noBaseline}</option>
          {baseline !== undefined && others.every(({ id }) => id !== baseline) && <option value={baseline}>{baseline}</option>}
          {others.map(({ id, name = id }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {baseline !== undefined && <Against instance={instance} baseline={baseline} />}
    </section>
  );
}

function Against({ instance, baseline }: { instance: InstanceDetail; baseline: string }): ReactNode {
  const words = useWords();
  const { value, error } = useResource(baseline, (signal) => loadInstance(baseline, signal));
  if (error !== undefined) return <p className="form-error">{failureText(error, words.common)}</p>;
  if (value === undefined) return null;
  const name = value.name ?? value.id;
  return (
    <ParamsDiff
      changes={diffParams(value.paramsText, instance.paramsText)}
      caption={words.instance.differsFrom(name)}
      heads={[name, words.instance.thisRun]}
    />
  );
}

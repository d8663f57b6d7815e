import { type ReactNode, type SubmitEvent, useState } from "react";
import { logIn } from "../../api/instances.js";
import { ApiError } from "../../api/request.js";
import { actionFailureText } from "../../controls/failure-text.js";
import { useWords } from "../../words/use-words.js";

/**
 * Asks for a token and exchanges it for a cookie.
 *
 * @param props - what to do once the cookie is there
 * @returns the element
 */
export function LoginPage(props: { onLoggedIn: () => void }): ReactNode {
  const words = useWords();
  const [token, setToken] = useState("");
  const [error, setError] = useState<ReactNode>();
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await logIn(token.trim());
      props.onLoggedIn();
    } catch (failure) {
      const isWrong = failure instanceof ApiError && (failure.code === "unauthorized" || failure.code === "forbidden");
      setError(isWrong ? words.login.wrong : actionFailureText(failure, words.common));
      setBusy(false);
    }
  };
  return (
    <main className="login">
      <form className="card login-card" onSubmit={(event) => void submit(event)}>
        <h1>{words.login.title}</h1>
        <p>{words.login.text}</p>
        <label htmlFor="token">{words.login.token}</label>
        <input
          id="token"
          type="password"
          autoComplete="current-password"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page has nothing else to do
          autoFocus
          required
          value={token}
          aria-invalid={error !== undefined}
          aria-describedby="token-error"
          onChange={(event) => setToken(event.target.value)}
        />
        <p id="token-error" className="form-error" role="alert">
          {error}
        </p>
        <button type="submit" className="button button-main" disabled={isBusy}>
          {words.login.submit}
        </button>
      </form>
    </main>
  );
}

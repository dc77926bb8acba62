// The page: sign-in or board, what is announced, and whichever dialog is open.
import { Aside } from "./aside";
import { Bar } from "./bar";
import { Dialogs } from "./dialogs";
import { DirectoryPage } from "./directory";
import { Enrol, SignIn } from "./door";
import { Lists } from "./lists";
import { OverviewPage } from "./overview";
import { Pane } from "./pane";
import { Review } from "./review";
import { aside, locked, polite, problem, section, urgent, view } from "./state";
import { lang, t } from "./strings";
import { panes } from "./threads";

export function App() {
  document.documentElement.lang = lang.value;
  return (
    <>
      <div class="live" role="status">
        {polite.value}
      </div>
      <div class="live" role="alert">
        {urgent.value}
      </div>
      {view.value === "loading" && <main class="door">{t("loading")}</main>}
      {view.value === "enrol" && <Enrol />}
      {view.value === "signin" && <SignIn />}
      {view.value === "board" && <Board />}
    </>
  );
}

function Board() {
  if (locked.value) return <SignIn locked />;
  return (
    <div class={`board ${section.value} ${aside.value ? "with-aside" : ""}`}>
      <Bar />
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
          <button type="button" class="plain" onClick={() => (problem.value = "")}>
            {t("close")}
          </button>
        </p>
      )}
      {section.value === "overview" && <OverviewPage />}
      {section.value === "review" && <Review />}
      {section.value === "directory" && <DirectoryPage />}
      {section.value === "desk" && <Work />}
      <Dialogs />
    </div>
  );
}

function Work() {
  return (
    <>
      <Lists />
      <main class={`panes n${panes.value.length}`} aria-label={t("mine")}>
        {panes.value.map((id, at) => (
          <Pane key={id} id={id} at={at} />
        ))}
        {!panes.value.length && (
          <div class="empty">
            <p>{t("no_pane")}</p>
            <p class="muted">{t("no_pane_hint")}</p>
          </div>
        )}
      </main>
      {aside.value && <Aside kind={aside.value} />}
    </>
  );
}

// The counsellors' console: one page, drawn from the signals of state.ts.
import { render } from "preact";
import { App } from "./app";
import { readTitles } from "./dangers";
import { listen } from "./keys";
import { begin, startClock } from "./state";
import "./console.css";

const root = document.getElementById("console");
if (root) {
  render(<App />, root);
  startClock();
  readTitles();
  listen();
  void begin();
}

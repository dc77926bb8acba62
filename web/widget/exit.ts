// Quick exit: Shift three times within five seconds, and leaving at once, also without a network.

/** Calls `press` with the number of presses still needed; 0 means leave. Any other key starts again. */
export function shiftThrice(press: (left: number) => void): (event: KeyboardEvent) => void {
  let times: number[] = [];
  return ({ key, repeat, timeStamp }) => {
    if (repeat) return;
    times = key === "Shift" ? [...times.filter((time) => timeStamp - time < 5000), timeStamp] : [];
    if (times[0]) press(3 - times.length);
  };
}

/** Takes everything off the page, then replaces it in the history, so that Back does not return here. */
export function leave(address: string): void {
  document.documentElement.replaceChildren();
  location.replace(address);
}

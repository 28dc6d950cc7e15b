// Dark or light: what the system says, until somebody chooses.

const key = "roomscope-theme";

export type Theme = "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");

/** Storage may be forbidden; then the choice lasts as long as the page. */
let chosen: Theme | undefined;

function stored(): Theme | undefined {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : undefined;
  } catch {
    return undefined;
  }
}

export function theme(): Theme {
  return chosen ?? (system.matches ? "dark" : "light");
}

/** Calls `changed` after each change, once at the start too. */
export function followTheme(changed: (theme: Theme) => void): void {
  chosen = stored();
  const apply = (): void => {
    document.documentElement.dataset["theme"] = theme();
    changed(theme());
  };
  system.addEventListener("change", apply);
  applyAgain = apply;
  apply();
}

let applyAgain: () => void = () => undefined;

export function switchTheme(): void {
  chosen = theme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(key, chosen);
  } catch {
    // The choice holds for this page all the same.
  }
  applyAgain();
}

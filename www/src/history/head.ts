// The head of the list: what its columns are called, each where its column is.
import { make } from "../dom.ts";
import { isNumberColumn, numberColumns } from "./numbers.ts";
import { columns } from "./row.ts";

const titles: Partial<Record<(typeof columns)[number], string>> = { snapshot: "snapshot before", group: "group after" };

/** The head's row, and the cell over the graph. */
export function makeHead(): { element: HTMLElement; graph: HTMLElement } {
  const numbers = make("div", { class: "numbers mono", role: "presentation" });
  const cells = columns.map((name) => {
    const title = make("span", {}, titles[name] ?? name);
    const cell = make("div", { class: `cell ${name}`, role: "columnheader" }, title);
    if (!isNumberColumn(name)) return cell;
    cell.style.width = `${numberColumns[name]}ch`;
    numbers.append(cell);
    return numbers;
  });
  // The numbers stand together, where the first of them would.
  const element = make("div", { class: "head", role: "row", "aria-rowindex": 1 }, ...new Set(cells));
  return { element, graph: cells[0]! };
}

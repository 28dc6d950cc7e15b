// The files that were opened last, kept by the browser on this machine so that a reload finds them again. Where it keeps nothing,
// the page does without.

const database = "roomscope";
const store = "files";
const key = "last";
/** More is left to the disk that it came from. */
const mostBytes = 512 * 1024 * 1024;

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no storage"));
  });
}

async function run<T>(mode: IDBTransactionMode, ask: (files: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  try {
    const db = await opened();
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(store, mode);
      const request = ask(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("no storage"));
    }).finally(() => db.close());
  } catch {
    return undefined;
  }
}

export async function keepLast(files: readonly File[]): Promise<void> {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (bytes > mostBytes) await forgetLast();
  else await run("readwrite", (place) => place.put([...files], key));
}

export async function lastFiles(): Promise<File[]> {
  const kept: unknown = await run<unknown>("readonly", (place) => place.get(key) as IDBRequest<unknown>);
  return Array.isArray(kept) ? kept.filter((file): file is File => file instanceof File) : [];
}

export async function forgetLast(): Promise<void> {
  await run("readwrite", (place) => place.delete(key));
}

import { lazy, useState, type ComponentType, type ReactNode } from 'react'

export interface LazyPart<Props> {
  (props: Props): ReactNode
  /** The router asks for it before it shows a page. */
  preload: () => Promise<void>
}

const loaders: (() => Promise<unknown>)[] = []

/**
 * A component whose code comes after the first paint. Suspends while it is not there; unlike React's lazy it stands at
 * once when it is, without a moment of its fallback.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyPart<Props> {
  let loaded: ComponentType<Props> | undefined
  const bring = async () => {
    const part = await load()
    loaded = part.default
    return part
  }
  const preload = async () => {
    await bring()
  }
  const Later = lazy(bring)
  const Part = (props: Props) => {
    // What began as one kind stays it: another would lose its state.
    const [Kind] = useState<ComponentType<Props>>(() => loaded ?? Later)
    return <Kind {...props} />
  }
  loaders.push(preload)
  return Object.assign(Part, { preload })
}

/** Loads all parts, so that a click finds them, also when the server has gone by then. */
export async function loadParts(): Promise<void> {
  // What fails is loaded where it is needed, and said there.
  await Promise.allSettled(loaders.map((load) => load()))
}

import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  useNavigate,
  useParams,
  useSearch,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import { spanNamed, usualSpan, type SpanName } from '../features/live/span.ts'
import { CrashState, NoSuchPage } from './CrashState.tsx'
import { HostPage } from './HostPage.tsx'

/** What the address says besides the host; what it does not say is as usual. */
interface Search {
  window?: SpanName
}

const rootRoute = createRootRoute({
  component: Outlet,
  validateSearch: (search: Record<string, unknown>): Search => searchOf(spanNamed(search['window'])),
  errorComponent: ({ error }: ErrorComponentProps) => <CrashState error={error} />,
  notFoundComponent: NoSuchPage,
})

const ownRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: RoutedPage })
const hostRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/hosts/$host',
  component: RoutedPage,
})

/** The router of the app below its base path. */
export function makeRouter(basepath: string) {
  return createRouter({
    routeTree: rootRoute.addChildren([ownRoute, hostRoute]),
    basepath,
    defaultPreload: false,
    scrollRestoration: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}

/** Both routes show the same page, so that going to another host keeps what stands. */
function RoutedPage() {
  const { host } = useParams({ strict: false })
  const search = useSearch({ strict: false })
  const navigate = useNavigate()
  const onHost = (name: string | undefined) => {
    if (name === undefined) void navigate({ to: '/', search: (old) => old })
    else void navigate({ to: '/hosts/$host', params: { host: name }, search: (old) => old })
  }
  const onSpan = (span: SpanName) => {
    void navigate({ to: '.', search: () => searchOf(span), replace: true })
  }
  return <HostPage name={host} span={search.window ?? usualSpan} onHost={onHost} onSpan={onSpan} />
}

function searchOf(span: SpanName): Search {
  return span === usualSpan ? {} : { window: span }
}

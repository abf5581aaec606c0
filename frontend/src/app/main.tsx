import './styles.css'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ConnectServicesContext } from '../features/connect/services.ts'
import { ExportServicesContext } from '../features/export/services.ts'
import { HistoryServicesContext } from '../features/history/services.ts'
import { PanelExtrasContext } from '../features/live/panelExtras.ts'
import { LiveServicesContext } from '../features/live/services.ts'
import { ServerAddressError } from '../transport/serverUrl.ts'
import { baseOf, pinBase, routerPath } from './base.ts'
import { BadServerState, CrashState } from './CrashState.tsx'
import { loadAhead } from './loadAhead.ts'
import { panelExtras } from './panelExtras.tsx'
import { makeRouter } from './router.tsx'
import { makeServices, pageOfServer, ServicesContext, type Services } from './services.ts'

const base = baseOf(document.baseURI, import.meta.env.DEV)
pinBase(base)
const router = makeRouter(routerPath(base))
const root = createRoot(document.getElementById('root') ?? document.body)

try {
  const services = makeServices(base)
  // The socket opens while React is still at its first render.
  services.session.start()
  root.render(<App services={services} />)
  void loadAhead()
} catch (error) {
  root.render(
    error instanceof ServerAddressError ? (
      <BadServerState error={error} toUsual={() => location.assign(pageOfServer(base, ''))} />
    ) : (
      <CrashState error={error} />
    ),
  )
}

function App({ services }: { services: Services }) {
  return (
    <StrictMode>
      <ServicesContext value={services}>
        <ConnectServicesContext value={services.connect}>
          <LiveServicesContext value={services.live}>
            <HistoryServicesContext value={services.history}>
              <ExportServicesContext value={services.exports}>
                <PanelExtrasContext value={panelExtras}>
                  <RouterProvider router={router} />
                </PanelExtrasContext>
              </ExportServicesContext>
            </HistoryServicesContext>
          </LiveServicesContext>
        </ConnectServicesContext>
      </ServicesContext>
    </StrictMode>
  )
}

import { useId, useState, type SyntheticEvent } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { useConnectServices } from './services.ts'

/** Asks for the address of another server. It is remembered in this browser. */
export function ServerDialog({ onClose }: { onClose: () => void }) {
  const { serverAddress, servedPage, useServer: goTo } = useConnectServices()
  const [address, setAddress] = useState(serverAddress)
  const inputId = useId()
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (address.trim() !== '') goTo(address.trim())
  }
  return (
    <Dialog title="Server" onClose={onClose}>
      <form onSubmit={submit} className="grid gap-3">
        <label htmlFor={inputId} className="text-small text-soft">
          Address of a Vitals server. One that runs elsewhere must allow this page with --allow-origin.
        </label>
        <input
          id={inputId}
          type="text"
          inputMode="url"
          autoComplete="url"
          spellCheck={false}
          autoFocus
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          placeholder="https://vitals.example/"
          className="h-9 rounded-lg border border-line2 bg-bg px-3"
        />
        <div className="mt-1 flex justify-end gap-2">
          {!servedPage && <Button onClick={() => goTo('')}>Back to the usual one</Button>}
          <Button primary type="submit">
            Connect
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

import { Check, Copy } from 'lucide-react'
import { classes } from './classes'
import { IconButton } from './IconButton'
import { useCopy } from './useCopy'

export interface CodeBlockProps {
  /** What the lines are, for the name of the copy button: `the lines for nginx`. */
  label: string
  text: string
  className?: string
}

/** Lines to take over as they are, with a button that copies them. Long lines scroll inside. */
export function CodeBlock({ label, text, className }: CodeBlockProps) {
  const { outcome, copy } = useCopy()
  const Icon = outcome === 'copied' ? Check : Copy
  return (
    <div className={classes('group relative min-w-0 rounded-lg border border-line2 bg-rail', className)}>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className="overflow-x-auto rounded-lg py-2.5 pr-11 pl-3.5 font-mono text-small leading-[1.65] text-soft"
      >
        {text}
      </pre>
      <IconButton
        label={outcome === 'refused' ? 'The browser does not allow copying' : `Copy ${label}`}
        onClick={() => copy(text)}
        className="absolute! top-1 right-1 size-8! bg-rail"
      >
        <Icon className={classes('size-4', outcome === 'copied' && 'text-live')} />
      </IconButton>
      <span role="status" className="sr-only">
        {outcome === 'copied' ? 'Copied' : ''}
      </span>
    </div>
  )
}

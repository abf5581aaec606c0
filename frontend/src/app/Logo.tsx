/** One beat of a heart, in the colour of the text around it. */
export function Logo({ className }: { className: string }) {
  return (
    <svg
      viewBox="0 0 28 28"
      fill="none"
      stroke="currentColor"
      strokeWidth={2.2}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={className}
    >
      <path d="M3 15h5l3-9 5 17 3.5-11 1.5 3h4" />
    </svg>
  )
}

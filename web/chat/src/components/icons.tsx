const common = {
  viewBox: '0 0 24 24',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 2,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
  'aria-hidden': true,
} as const;

export function PhoneIcon({ className }: { className?: string }) {
  return (
    <svg {...common} className={className}>
      <path d="M5 4h3.5l1.8 4.4-2.2 1.5a12 12 0 0 0 6 6l1.5-2.2L20 15.5V19a1.8 1.8 0 0 1-2 1.8A15.8 15.8 0 0 1 3.2 6 1.8 1.8 0 0 1 5 4z" />
    </svg>
  );
}

export function SendIcon({ className }: { className?: string }) {
  return (
    <svg {...common} className={className}>
      <path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" />
    </svg>
  );
}

export function StopIcon({ className }: { className?: string }) {
  return (
    <svg {...common} className={className}>
      <rect x="7" y="7" width="10" height="10" rx="2" fill="currentColor" />
    </svg>
  );
}

export function DownIcon({ className }: { className?: string }) {
  return (
    <svg {...common} className={className}>
      <path d="M12 5v14M5.5 12.5 12 19l6.5-6.5" />
    </svg>
  );
}

export function OpensIcon({ className }: { className?: string }) {
  return (
    <svg {...common} className={className}>
      <path d="m5.5 9 6.5 6.5L18.5 9" />
    </svg>
  );
}

export function LinkOffIcon({ className }: { className?: string }) {
  return (
    <svg {...common} className={className}>
      <path d="M9.5 15.5 8 17a3.5 3.5 0 0 1-5-5l3-3a3.5 3.5 0 0 1 3.4-.9M14.5 8.5 16 7a3.5 3.5 0 0 1 5 5l-3 3a3.5 3.5 0 0 1-3.4.9M4 4l16 16" />
    </svg>
  );
}

export function CloudOffIcon({ className }: { className?: string }) {
  return (
    <svg {...common} className={className}>
      <path d="M4 4l16 16M8 8.2A5.5 5.5 0 0 0 6.5 18H17M10.5 6.3A5.5 5.5 0 0 1 17 10.5a3.8 3.8 0 0 1 3.4 5.6" />
    </svg>
  );
}

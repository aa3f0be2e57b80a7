// Pictures follow the theme that the reader has chosen here, which may differ from the system's.
function followTheme() {
  const sources = [...document.querySelectorAll('picture source[media*="prefers-color-scheme: dark"]')]
  const update = () => sources.forEach(source => {
    source.media = document.documentElement.dataset.bsTheme === 'dark' ? 'all' : 'not all'
  })
  update()
  new MutationObserver(update).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] })
}

export default { start: followTheme }

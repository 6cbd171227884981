/** Files that the build turns into addresses. */
declare module '*?url' {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: this is how the build gives them
  export default address;
}

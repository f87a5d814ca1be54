/** Python that goes into archives is bundled as text. */
declare module '*.py' {
  const text: string;
  export default text;
}

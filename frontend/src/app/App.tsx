/** The composition root of the front end. */
export function App() {
  return <p>Marquee</p>;
}

/** What somebody said. Each text keeps its direction to itself, so that none changes how the words beside it read. */

interface SaidProps {
  /** Null: nobody in particular. */
  readonly by: string | null;
  readonly text: string;
}

export function Said({ by, text }: SaidProps) {
  return (
    <>
      {by === null ? null : (
        <>
          <bdi>{by}</bdi>:{' '}
        </>
      )}
      <bdi>{text}</bdi>
    </>
  );
}

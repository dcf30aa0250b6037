/**
 * Selectional restrictions: of which needs a judgement can be said. Nobody's staff is "too high" and no size "overdone": what such words stand beside is named, and what they say is
 * another judgement, or is about the need that they imply.
 */
export interface SelectionalRestriction {
  /** Absent where it can be said of any. */
  readonly needs?: readonly string[];
  /** Of others it is about the need that it implies, as a property of theirs: a sleeve that shrinks is a material that does. Else it is plain praise or blame of them. */
  readonly isProperty?: boolean;
  /** By need: the judgement that it is of that one: what is bad about noise is that there is any. */
  readonly is?: Readonly<Record<string, string>>;
}

const listed = (needs: string): readonly string[] => needs.split(' ');

const SIZED = listed(
  'size seats luggage room facilities screen packaging portion food audio view print performance accessories choice',
);
const OPERATED = listed(
  'working app features interface account instructions ordering battery screen camera audio accessories performance temperature facilities room',
);

export const SELECTIONAL_RESTRICTIONS: Readonly<Record<string, SelectionalRestriction>> = {
  bad: { is: { noise: 'noisy', smell: 'smelly', hygiene: 'dirty', safety: 'unsafe' } },
  broken: {
    needs: listed(
      'quality luggage seats packaging screen battery camera audio accessories facilities room leak print features material',
    ),
    isProperty: true,
  },
  fades: { needs: listed('material looks quality print'), isProperty: true },
  thin: { needs: listed('material packaging looks print food taste'), isProperty: true },
  fails: { needs: OPERATED },
  crashes: { needs: OPERATED },
  'hard-to-use': {
    needs: listed(
      'interface app features account instructions ordering refund facilities cleaning support offers',
    ),
    is: { location: 'far' },
  },
  'too-small': { needs: SIZED, isProperty: true },
  'too-large': { needs: SIZED, isProperty: true },
  ugly: { needs: listed('looks food packaging view room atmosphere print'), isProperty: true },
  uncomfortable: { needs: listed('comfort seats room facilities material'), isProperty: true },
  old: { needs: listed('facilities room atmosphere app'), isProperty: true },
  expensive: { needs: listed('price fees offers'), isProperty: true },
  cold: { needs: listed('food taste temperature') },
  texture: { needs: listed('food taste'), is: { room: 'uncomfortable', comfort: 'uncomfortable' } },
  little: {
    needs: listed('portion food packaging accessories facilities features offers'),
    is: { choice: 'limited' },
  },
  'too-many': { needs: listed('food material packaging offers ads') },
  slow: {
    is: { trips: 'late-trip' },
    needs: listed(
      'delivery trips luggage staff queue app interface performance support refund ordering contact account battery temperature cleaning invoice pace story teaching',
    ),
  },
  shallow: { needs: listed('story acting characters directing writing humour visuals music teaching') },
  boring: { needs: listed('story acting characters directing writing humour visuals music pace teaching') },
};

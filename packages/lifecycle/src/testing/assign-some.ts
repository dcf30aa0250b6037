/** A process that prints which versions a few users get: the tests start one beside themselves. */
import { assign, type Traffic } from '../registry/traffic.ts';

const [traffic, model, ...users] = process.argv.slice(2);
console.log(JSON.stringify(users.map((user) => assign(JSON.parse(traffic!) as Traffic, model!, user))));

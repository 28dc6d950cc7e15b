/** Power levels of a room: `m.room.power_levels` contents as servers make them, and who has what. */

/** Levels by user number: the creator's and, in version 12, nobody's, as creators stand above all levels. */
export function firstLevels(version) {
  return new Map(version >= 12 ? [] : [[0, 100]]);
}

export function levelOf(levels, user, version) {
  if (version >= 12 && user === 0) return Infinity;
  return levels.get(user) ?? 0;
}

export function levelsContent(levels, people, version) {
  const users = {};
  for (const [user, level] of levels) users[people.id(user)] = level;
  return {
    ban: 50,
    events: {
      "m.room.avatar": 50,
      "m.room.canonical_alias": 50,
      "m.room.encryption": 100,
      "m.room.history_visibility": 100,
      "m.room.name": 50,
      "m.room.power_levels": 100,
      "m.room.server_acl": 100,
      "m.room.tombstone": version >= 12 ? 150 : 100,
    },
    events_default: 0,
    historical: 100,
    invite: 0,
    kick: 50,
    redact: 50,
    state_default: 50,
    users,
    users_default: 0,
  };
}

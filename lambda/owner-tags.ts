/** A tag key, and on how many resources it is. */
export interface UsedTag {
  readonly key: string;
  readonly resources: number;
}

/** A key with one of these words in it names people. */
const PEOPLE = new Set(['owner', 'owners', 'team', 'teams', 'squad', 'maintainer', 'maintainers', 'contact']);

/** A key that is nothing but one of these, with or without "name", "id" or "code" behind it, names what people answer for. */
const RESPONSIBILITY =
  /^(app|application|service|system|product|project|component|workload|department|division|businessunit|costcent(er|re))(name|id|code)?$/;

/** More would be a list of all tags rather than of owners. */
const MOST = 8;

/** Of the tag keys in use, those that look as if they name an owner: the most used first. */
export function ownerTagsAmong(used: ReadonlyMap<string, number>): readonly UsedTag[] {
  return [...used]
    .filter(([key]) => looksLikeOwner(key))
    .map(([key, resources]) => ({ key, resources }))
    .toSorted((a, b) => b.resources - a.resources || (a.key < b.key ? -1 : 1))
    .slice(0, MOST);
}

function looksLikeOwner(key: string): boolean {
  // AWS's own, such as aws:cloudformation:stack-name, name no people.
  if (key.toLowerCase().startsWith('aws:')) return false;
  if (wordsOf(key).some((word) => PEOPLE.has(word))) return true;
  // A company often puts its name before its keys: `acme:service`, `example.com/team`.
  return RESPONSIBILITY.test(wordsOf(key.split(/[:/]/).at(-1) ?? key).join(''));
}

/** `cost-center`, `cost_center` and `CostCenter` are the same words. */
function wordsOf(text: string): readonly string[] {
  return text
    .split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

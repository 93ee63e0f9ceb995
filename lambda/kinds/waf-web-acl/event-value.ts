import { EXISTS } from '#core/declaration.ts';
import { textAt } from '#core/event.ts';
import { listIn } from '#core/comparison.ts';
import { textOf } from '#core/json.ts';
import { ABSENT, present } from '#core/reading.ts';
import type { Kind } from '../kind.ts';

/** What an event set of a web ACL. An update replaces all of it, so it names no path: whatever departed may be its doing. */
export const eventValue: NonNullable<Kind['eventValue']> = ({ name }) => {
  switch (name) {
    case 'CreateWebACL':
      return { path: EXISTS, reading: present(true) };
    case 'DeleteWebACL':
      return { path: EXISTS, reading: ABSENT };
    case 'AssociateWebACL':
    case 'DisassociateWebACL':
      return { path: 'associations' };
    case 'UpdateRuleGroup':
      return { path: 'ruleGroups' };
    default:
      return undefined;
  }
};

/** What `ListResourcesForWebACL` is asked of: an association of another type never shows. */
const ASKED = /^arn:[\w-]+:(elasticloadbalancing|apigateway):/;

/** An update moves the lock token, and its answer names the next one; an association shows in the list of them (aws-facts §6). */
export const shown: NonNullable<Kind['shown']> = (event, { watched, carried }) => {
  switch (event.name) {
    case 'UpdateWebACL': {
      const next = textAt(event, 'responseElements.nextLockToken');
      if (next === undefined || watched['rules']?.status !== 'present') return undefined;
      return next === textOf(carried['lockToken']) ? 'yes' : 'no';
    }
    case 'AssociateWebACL':
    case 'DisassociateWebACL': {
      const resource = textAt(event, 'requestParameters.resourceArn');
      const now = watched['associations'];
      if (resource === undefined || !ASKED.test(resource) || now?.status !== 'present') return undefined;
      return listIn(now.value).includes(resource) === (event.name === 'AssociateWebACL') ? 'yes' : 'no';
    }
    default:
      return undefined;
  }
};

import { EXISTS } from '#core/declaration.ts';
import { textOf } from '#core/json.ts';
import { ABSENT, present } from '#core/reading.ts';
import type { Kind } from '../kind.ts';

/** What an event set of a distribution. An update carries the whole configuration, and moves whatever differs in it: no one path. */
export const eventValue: NonNullable<Kind['eventValue']> = ({ name, parameters = {} }) => {
  switch (name) {
    case 'CreateDistribution':
    case 'CreateDistributionWithTags':
    case 'CopyDistribution':
      return { path: EXISTS, reading: present(true) };
    case 'DeleteDistribution':
      return { path: EXISTS, reading: ABSENT };
    case 'DisassociateDistributionWebACL':
      return { path: 'webAcl', reading: ABSENT };
    case 'AssociateDistributionWebACL': {
      const webAcl = textOf(parameters['webACLArn']);
      return { path: 'webAcl', ...(webAcl === undefined || webAcl === '' ? {} : { reading: present(webAcl) }) };
    }
    default:
      return undefined;
  }
};

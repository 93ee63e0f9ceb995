import { allOf, anyOf, not, unknown } from './fact.ts';
import { anyBucket, publicAclOutcome, whatever, type Operation } from './operation.ts';
import { allowed, decide, notKnown, refusals, when } from './outcome.ts';
import { byLink, throughWebsite, servesSomebody, lockedOut, stranger } from './doors.ts';

/** Distributions are things of their own: an answer that computes what flips names those that were read (`BlastRadius.distributions`). */
const BESIDE =
  'whether a distribution stands before it does not show in the bucket: distributions that were read are named beside it';

/** The own account, services, CloudFront, signed links, websites and the blocks themselves: rows S, C, U, H and M. */
export const SERVICES: readonly Operation[] = [
  {
    row: 'S1',
    title: "This account's own principals",
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  {
    row: 'S2',
    title: 'AWS services',
    breaks: 'now',
    opens: 'nobody',
    isHere: ({ policyNamesServices }) => policyNamesServices,
    outcome: () => whatever,
  },
  {
    row: 'S3',
    title: 'Log delivery and partners named by account id',
    breaks: 'now',
    opens: 'others',
    isHere: ({ policyNamesAccounts }) => policyNamesAccounts,
    outcome: lockedOut,
  },
  {
    row: 'S4',
    title: 'Log delivery by ACL',
    breaks: 'now',
    opens: 'nobody',
    isHere: ({ aclNamesLogDelivery }) => aclNamesLogDelivery,
    outcome: ({ aclsCount }) =>
      decide([when(not(aclsCount), refusals.noGrant('ACLs are off (BucketOwnerEnforced)'))], allowed('delivered')),
  },
  {
    row: 'C1',
    title: 'CloudFront with origin access control',
    breaks: 'now',
    opens: 'nobody',
    isHere: ({ policyNamesCloudFront }) => policyNamesCloudFront,
    outcome: () => whatever,
  },
  {
    row: 'C2',
    title: 'CloudFront with an origin access identity',
    breaks: 'now',
    opens: 'others',
    isHere: ({ policyNamesOriginAccessIdentity }) => policyNamesOriginAccessIdentity,
    outcome: ({ lockdown }) =>
      decide(
        [
          when(
            lockdown,
            notKnown('whether RestrictPublicBuckets shuts out an origin access identity, AWS does not say'),
          ),
        ],
        allowed('gets in where the policy names it'),
      ),
  },
  {
    row: 'C3',
    title: 'CloudFront over the website endpoint',
    breaks: 'now',
    opens: 'nobody',
    isHere: ({ hasWebsite }) => allOf(hasWebsite, unknown(BESIDE)),
    outcome: throughWebsite,
  },
  {
    row: 'U1',
    title: 'Presigned read, signed by this account',
    breaks: 'now',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => whatever,
  },
  {
    row: 'U2',
    title: 'Presigned read, signed by another account',
    breaks: 'now',
    opens: 'others',
    isHere: (access) => anyOf(access.policyLetsOthersRead, allOf(access.aclsCount, stranger(access))),
    outcome: byLink,
  },
  {
    row: 'U3',
    title: 'Presigned upload with a public ACL',
    breaks: 'now',
    opens: 'later',
    isHere: anyBucket,
    outcome: (access) => publicAclOutcome(access, 's3:PutObject'),
  },
  {
    row: 'H1',
    title: 'Website endpoint',
    breaks: 'now',
    opens: 'nobody',
    isHere: servesSomebody,
    outcome: throughWebsite,
  },
  {
    row: 'M1',
    title: "Change the account's block",
    breaks: 'never',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () =>
      notKnown(
        "an organisation's S3 policy may hold the account's block: s3-organization-policy shows whether one does",
      ),
  },
  {
    row: 'M2',
    title: "Turn the bucket's own flags off",
    breaks: 'never',
    opens: 'nobody',
    isHere: anyBucket,
    outcome: () => allowed('accepted; a flag that the account also sets stays in force'),
  },
];

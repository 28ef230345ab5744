/** The region this machine plays; nothing here depends on which. */
export const region = 'ap-northeast-1';

/** Credentials that only have to look like some; of presigned URLs the signature is checked against them. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

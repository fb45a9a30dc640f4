export const overview = () => ({});

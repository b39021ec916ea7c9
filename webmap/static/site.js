// Starts the GOV.UK components that a page has, and marks that scripts run.
import {
  createAll, Button, ErrorSummary, ServiceNavigation, SkipLink,
} from './vendor/govuk/govuk-frontend.min.js';

createAll(ServiceNavigation);
createAll(ErrorSummary);
createAll(SkipLink);
createAll(Button);
